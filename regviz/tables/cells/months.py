"""Names of months in the languages of office programs, whole or as far as they are written."""

from __future__ import annotations

from functools import cache

from ...words import without_marks

_NAMES = """
january february march april may june july august september october november december
januar februar märz april mai juni juli august september oktober november dezember
jänner feber mrz apr mei jun jul aug sept okt nov dez
janvier février mars avril mai juin juillet août septembre octobre novembre décembre
enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre
janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro
januari februari maart april mei juni juli augustus september oktober november december
januari februari mrt april maj juni juli augusti september oktober november december
januar februar marts april maj juni juli august september oktober november desember
stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia
styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad grudzień
leden únor březen duben květen červen červenec srpen září říjen listopad prosinec
ledna února března dubna května června července srpna září října listopadu prosince
január február március április május június július augusztus szeptember október november december
ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie
ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık
января февраля марта апреля мая июня июля августа сентября октября ноября декабря
январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь
січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня
ιανουαρίου φεβρουαρίου μαρτίου απριλίου μαΐου ιουνίου ιουλίου αυγούστου σεπτεμβρίου οκτωβρίου νοεμβρίου δεκεμβρίου
"""
"""From January to December: English, German (with Austrian names and short forms), French, Spanish, Italian,
Portuguese, Dutch, Swedish, Danish and Norwegian, Polish, Czech, Hungarian, Romanian, Turkish, Russian, Ukrainian,
Greek. Languages in which a name stands for another month than in these (Croatian, Finnish) are left out."""

SHORTEST = 3
"""Letters of a month's name at least."""


def month_of(word: str) -> int:
    """Return the month (1 to 12) whose name `word` is or begins ("Sept", "févr"); 0 if it is none, or may be
    several.
    """
    return _beginnings().get(_plain(word), 0)


def _plain(word: str) -> str:
    """`word` in small letters without accents: "Février" as "fevrier"."""
    return without_marks(word.casefold())


@cache
def _beginnings() -> dict[str, int]:
    """The month for each beginning of its names that begins no other's."""
    found: dict[str, set[int]] = {}
    whole: dict[str, int] = {}
    for line in _NAMES.split("\n"):
        for month, name in enumerate(line.split(), 1):
            plain = _plain(name)
            whole.setdefault(plain, month)
            for length in range(SHORTEST, len(plain)):
                found.setdefault(plain[:length], set()).add(month)
    return {**{start: months.pop() for start, months in found.items() if len(months) == 1}, **whole}
