"""Which encoding makes words of a file's bytes: Western ones, code pages of other scripts, and those of East Asia.

A detector needs more text than a small table has, so the likeliest letters decide."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress

TITLES = {
    "cp1252": "Windows-1252",
    "iso8859_15": "Latin-9 (ISO 8859-15)",
    "mac_roman": "Mac Roman",
    "cp850": "DOS (code page 850)",
}
"""The encodings of Western office programs. In a short file a detector takes one for the other, or for a code page of
Central Europe; so these are tried first, and the likeliest is kept if nothing in its text looks odd."""


USUAL = frozenset("äöüÄÖÜßéèêëÉÈÊàâáãåÀÂÁÃÅæÆçÇíîïìÍÎóôòõøÓÔÖØúûùÚÛÙñÑœŒ€£¥§°µ²³½¼¾±×–—‘’“”„…«»·™©®ºª¡¿\xa0")
WEIGHT = {
    **dict.fromkeys("äöüßé’“”„–\xa0", 4),
    **dict.fromkeys("èàçñáíóëÄÖÜÉœ€£°µ", 3),
    **dict.fromkeys("êâãúôåøæï¡¿", 2),
}
"""How common a sign is in Western tables, where more than one reading looks plain; 1 for the others."""

ODD = re.compile(
    r"[^\W\d_]*[^\x00-\x7f\W\d_]{3}|[^\W\d_][^\x00-\x7f\w’²³\xa0]+[^\W\d_]|[a-zß-öø-ÿ][À-ÖØ-Þ]|[A-Za-z][À-ÖØ-Þ][a-z]|"
    r"€[A-Za-z]|[a-z]µ|°[a-z]|[^\W\d_aeiouyäöüAEIOUYÄÖÜ]ß|aá|áa|\bè[a-zß-ÿ]|\d[à-öø-ÿ]|[à-öø-ÿ][\dA-Z]"
)
"""No word is written like that: "cafÇ", "HÑnde", "€rzte", "mßs"."""


_RUSSIAN = "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё"
_GREEK = "αοιετσνηυρπκμλωςδγχθφβξζψάέήίόύώϊϋ"
_CENTRAL = "łóąęśżźćńěščřžýáíéůťďňúőűöüäôľăâîşţđ"
_TURKISH = "İışğüöçâîû"
_ARABIC = "الينرموتبةدسعفكهقحجأشطصخىإآذثئءزضغظؤ"
ELSEWHERE = {
    **dict.fromkeys(("cp1254", "cp857"), _TURKISH),
    **dict.fromkeys(("cp1250", "iso8859_2", "cp852", "mac_latin2"), _CENTRAL),
    "cp1257": "šėąųūįčęžāēģīķļņõäöü",
    "cp1251": _RUSSIAN + "іїєў",
    "koi8_r": _RUSSIAN,
    "koi8_u": _RUSSIAN + "іїєґ",
    **dict.fromkeys(("cp866", "iso8859_5", "mac_cyrillic"), _RUSSIAN),
    **dict.fromkeys(("cp1253", "iso8859_7", "cp737"), _GREEK),
    "cp1255": "יוהלאמרתבשנםדעחקפטכגזסצןךףץ",
    **dict.fromkeys(("cp1256", "iso8859_6"), _ARABIC),
    "cp874": "านรอกเงมยลวดทสตะปบคหแจพชขใไโผถซธศฟณภษญฐฉฝฎฮฤฆฬาิีึืุูั่้์็๊๋ำๆ",
}
"""Encodings of other office programs, and the letters of their languages beyond ASCII, roughly as often as they are."""

FREQUENT = 12
"""Letters from the start of such a list that count double."""

FITS = 0.9
"""The share of a text's signs beyond ASCII that must be letters of these languages."""

MIXED = re.compile(
    r"[A-Za-z][\u0590-\u0e7f]|[\u0590-\u0e7f][A-Za-z]|"
    r"[^\W\d_A-Z\u0100-\uffff][А-ЯΑ-Ω]|[а-яα-ω][А-ЯΑ-ΩA-Z]|[A-Za-z][а-яА-Яα-ωΑ-Ω]|[а-яА-Яα-ωΑ-Ω][A-Za-z]"
)
"""Letters of two scripts, or a capital behind a small letter."""

MISPLACED = re.compile(
    r"[ךםןףץ][א-ת]|ς[α-ωά-ώ]|[ةى][\u0621-\u064a]|(?<![а-яёА-ЯЁ])[ьъЬЪ]|"
    r"[a-zß-öø-ÿčěňřšťžůąćęłńśźżőűţ][À-ÖØ-ÞČĚŇŘŠŤŽŮĄĆĘŁŃŚŹŻŐŰŢ]|[\u00c0-\u024f]{4}"
)
"""Letters that end a word, within one; those that begin none; Latin capitals within a word, accents on all letters."""

_KANA = "".join(map(chr, (*range(0x3041, 0x3097), *range(0x30A1, 0x30FD))))
_JAPANESE = (
    "日一国人年大十二本中長出三時行見月分後前生五間上東四今金九入学高円子外八六下来気小七山話女北午百書先名川千水半男西電校"
    "語土木聞食車何南万毎白天母火右読友左休父雨県市町村区府都京阪神価格齢性別身体重評商品数値合計番号札幌福岡仙台机椅売利益"
    "住所氏地域種類量単位結果点前田山佐藤鈴木高橋伊渡辺中村加松井普通良悪可否肉魚野菜花犬猫米茶新古春夏秋冬晴曇雨雪赤青黄緑満足不同意未済有無"
)
_CHINESE = (
    "的一是不了在人有我他这中大来上个国到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可里后小么心多天而能好都然没"
    "日于起还发成事只作当想看文无开手用主行方又如前所本见经头面公同三已老从动两长知民样现分将外但身些与高意进把法此实回二理美"
    "点月明其种声全工己话儿者向情部正名定女问力机给等几很业最间新什打便位因重被走电四第门相次东政海口使教西再平真听世气信北少"
    "关并内加化由却代军产入先山五太水万市体别处总才场师书比住员九笑性通目华报立马命张活难数安表原车白应路期死常提感金何更反合"
    "放做系计或司利光王果省县区州沪深圳津渝苏浙粤京广城市姓男龄价格重身编号类型量单房积否桌椅品"
)
_TRADITIONAL = (
    "這來個國說們為時得會過學對裡後麼沒於還發樣現將與進實點聲話問業間電門東氣關內產體別總場師書比員數張難應車價單額積縣臺灣號"
    "類姓齡北高雄中南新桃園竹城市男女名年月日額量品"
)
_KOREAN = (
    "이다는을가에의하고로한도지기서은사자어나대리해시일정부으수인있그원아보과들제장전스니라주구만상게여용면안성동비경화소공유중관"
    "조오무되거위산마우선신방내국트생문세분물역년월진행남북천광울강계격품목책의등급몸키별름번호합명단체중량종류값색양점"
)
EASTERN = {
    **dict.fromkeys(("shift_jis", "cp932"), _KANA + _JAPANESE),
    "euc_jp": _KANA + _JAPANESE,
    **dict.fromkeys(("euc_kr", "cp949"), _KOREAN),
    "gb18030": _CHINESE,
    **dict.fromkeys(("big5", "cp950"), _TRADITIONAL + _CHINESE),
}
"""Encodings of two bytes a sign, and usual signs of their languages."""

LIKELY = 0.5
"""The share of a text's signs beyond ASCII that must be usual ones."""


def western(content: bytes) -> str | None:
    """Return the likeliest encoding of Western office programs, None if its text would look odd in each."""
    best, most = None, 0.0
    for name, text in _decoded(content, TITLES):
        signs = [sign for sign in text if sign > "\x7f"]
        weight = sum(WEIGHT.get(sign, 1) for sign in signs) / len(signs)
        if weight > most and not _odd(text):
            best, most = name, weight
    return best


def eastern(content: bytes) -> str | None:
    """Return the encoding of East Asia in which most signs are usual ones, None if there is none."""
    shares: dict[str, float] = {}
    for name, text in _decoded(content, EASTERN):
        signs = [sign for sign in text if sign > "\x7f" and sign.isalpha()]
        shares[name] = sum(sign in EASTERN[name] for sign in signs) / max(1, len(signs))
    best = max(shares, key=lambda name: shares[name], default=None)
    return best if best is not None and shares[best] >= LIKELY else None


def elsewhere(content: bytes) -> str | None:
    """Return the code page in which nearly all of a text's signs are letters of its languages, frequent ones above
    all.
    """
    scores: dict[str, float] = {}
    for name, text in _decoded(content, ELSEWHERE):
        letters = ELSEWHERE[name]
        words = sorted(set(re.findall(r"[^\W\d_]+|[^\x00-\x7f]", text)))  # a word that is in each row says it once
        signs = [sign if sign in letters else sign.lower() for word in words for sign in word if sign > "\x7f"]
        known = sum(sign in letters for sign in signs)
        if known >= FITS * len(signs) and not MIXED.search(text) and not MISPLACED.search(text):
            scores[name] = (known + sum(sign in letters[:FREQUENT] for sign in signs)) / len(signs)
    return max(scores, key=lambda name: scores[name], default=None)


def _decoded(content: bytes, names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The encodings in which `content` is a text, and that text."""
    for name in names:
        with suppress(UnicodeDecodeError):
            yield name, content.decode(name)


def _odd(text: str) -> bool:
    """Whether signs stand in `text` that Western tables do not have, or not so close together."""
    foreign = {sign for sign in text if sign > "\x7f"}
    return not foreign <= USUAL or ODD.search(text) is not None
