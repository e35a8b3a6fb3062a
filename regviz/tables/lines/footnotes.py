"""Lines below a table that remark on it: what they are called in many languages, and those as wide as its rows."""

from __future__ import annotations

import re

from ...language import tr
from ..cells.missing import is_blank, is_missing, is_no_number
from ..cells.numbers import looks_like_number
from ..errors import quoted
from .first_line import plain
from .rows import Row

REMARK = re.compile(
    r"(source|note|notes|quelle|remark|remarks|fuente|footnote|anmerkung|\(c\)|©|\*|end of)\b.*|[©*].*", re.I
)
"""How a line begins that is no row if it has no numbers where the others have them."""

_WORDS = (
    "sources? quellen? źródł[oa] kild(?:e|er) käll(?:a|or) font[ei]s? fuentes? bron(?:nen)? läh(?:de|teet) forrás zdroj"
    " kaynak izvor vir sursa allikas šaltinis avots πηγή источник джерело 出典 出所 资料来源 資料来源 数据来源 출처"
    " stand hinweise? notes? notas? nb uwag[ai] anm(?:erkung(?:en)?)? bemerkung(?:en)? remarques? remarks?"
    " opmerking(?:en)? huom(?:autus)? merknad(?:er)? anmärkning(?:ar)? bemærkning osservazioni observaci(?:ón|ones)"
    " legende? legenda leyenda légende objaśnienia comments? kommentar(?:e|er)? footnotes? fußnoten? copyright"
    " dat[ae] pobrania dane abgerufen abrufdatum retrieved accessed downloaded updated aktualisiert actualizado"
    " mise.à.jour zuletzt last.updated? created exported generated erstellt n.b printed method methode metoda"
)
LED = re.compile(rf"(?:{'|'.join(_WORDS.split())})\.?\s?(?:[:：].*|$)", re.IGNORECASE | re.DOTALL)
"""Words that a remark begins with, a colon behind them."""

MADE = re.compile(
    r"(printed|exported|generated|created|retrieved|downloaded|accessed|(last )?updated|compiled|prepared) "
    r"(by|on|at|from|with)\b.*|dat[ae] (pobrania|di download)\b.*|(erstellt|gedruckt|abgerufen|exportiert) "
    r"(von|am|mit)\b.*|(page|seite|strona|sida|página|pagina|stránka) \d+|end(e)?( of file)?|eof",
    re.IGNORECASE,
)
"""What programs write below a table."""

LIMITS = re.compile(
    r"lo[dq]|l[oa]d/lo[dq]|ll?oq|detection limit|nachweisgrenze|blank|blindwert|r\.?s\.?d\.? ?%?|cv ?%?", re.IGNORECASE
)
"""What laboratories write below one, which may be the name of a sample too."""

NUMBERED = re.compile(r"\(?\d{1,2}\)\s*[^\W\d].*|[¹²³⁴⁵⁶⁷⁸⁹†‡].*")
"""Numbered remarks."""

FEWEST, EACH = 8, 3
"""Rows above from which on texts that come again and again tell that another is new, and how often each does then."""


def remarks(row: Row) -> bool:
    """Return whether a line that is not as wide as the others remarks on them."""
    first = next((plain(cell) for cell in row.cells if not is_blank(cell)), "")
    return any(form.match(first) for form in (REMARK, LED, NUMBERED)) or MADE.fullmatch(first) is not None


def wide(row: Row, above: list[Row], numeric: list[int]) -> bool:
    """Return whether a row at the end, as wide as the others, is a remark: it begins like one and has no text of
    another row, or it stands apart or has a colon, and a text where all others come again and again."""
    filled = [k for k, cell in enumerate(row.cells) if not is_blank(cell)]
    if len(filled) < 2 or looks_like_number(text := plain(row.cells[filled[0]])) or is_missing(text):
        return False
    first, others = filled[0], [k for k in filled[1:] if k not in numeric and not is_missing(plain(row.cells[k]))]
    firsts = [plain(one.cells[first]) for one in above]
    lead = text.split(" ")[0]
    if any(name.split(" ")[0] == lead for name in firsts) or any(not _new(row, above, k) for k in others):
        return False
    if LED.fullmatch(text) or MADE.fullmatch(text):
        return ":" in text or bool(others) or first in numeric or bool(MADE.fullmatch(text))
    if first in numeric and LIMITS.fullmatch(text):
        return True
    odd = any(_closed(above, k) for k in others) or any(
        _is_word(plain(row.cells[k])) for k in filled[1:] if k in numeric
    )
    colon = ":" in text and not any(":" in name for name in firsts)
    return odd and (colon or _apart(row, above) or LIMITS.fullmatch(text) is not None)


def note_new(row: Row, above: list[Row], numeric: list[int], written: str, notes: list[str]) -> None:
    """Note a last row with a text that no other has, though all of that column come again and again and each row has a
    name: it may remark on the others."""
    texts = [k for k, cell in enumerate(row.cells) if k not in numeric and not is_blank(cell)]
    if len(above) < FEWEST or len(texts) < 2 or not any(k in numeric for k in range(len(row.cells))):
        return
    names = [plain(one.cells[texts[0]]) for one in above]
    if len(set(names)) < len(names) or not all(names) or looks_like_number(names[0]):
        return
    for k in texts[1:]:
        if _new(row, above, k) and _closed(above, k, EACH):
            notes.append(
                tr(
                    "Line {line}, {text}, was read as a row, though no other has {cell} there; if it is none, delete "
                    "the line.",
                    line=row.line,
                    text=quoted(written),
                    cell=quoted(row.cells[k]),
                )
            )
            return


def _is_word(text: str) -> bool:
    return not (is_no_number(text) or looks_like_number(text))


def _new(row: Row, above: list[Row], place: int) -> bool:
    text = plain(row.cells[place])
    return all(plain(other.cells[place]) != text for other in above)


def _closed(above: list[Row], place: int, each: int = 2) -> bool:
    """Whether the texts of a column come again and again."""
    texts = [text for one in above if (text := plain(one.cells[place]))]
    return len(texts) >= FEWEST and each * len(set(texts)) <= len(texts)


def _apart(row: Row, above: list[Row]) -> bool:
    """Whether there is an empty line before a row, and none between those above."""
    if len(above) < 2 or any("\n" in str(cell) for cell in above[-1].cells):
        return False
    return row.line - above[-1].line > 1 == above[-1].line - above[-2].line
