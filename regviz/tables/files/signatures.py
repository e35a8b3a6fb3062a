"""What is no table: other kinds of files, told by their first bytes or words, each with a way out."""

from __future__ import annotations

import json
import re
import zipfile
from io import BytesIO

from ...language import en, tr
from ..errors import TableError

AS_CSV = en("Save the table as CSV (UTF-8).")
UNPACK = en("Unpack it, and take the table from it.")
IN_R = en("In R, write.csv(x, 'table.csv', row.names = FALSE) makes a table of it.")
OR_PARQUET = en("Save the table as CSV (UTF-8) or as Parquet.")
WRITE_DOWN = en("Write the table down as CSV (UTF-8).")
NAMES_ONCE = en("Write the names once, in the first line, and the values below them.")
AS_TABLE = en("Write its numbers as a table, one name for each column.")


BINARY: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", en("a PDF"), AS_CSV),
    (b"$FL", en("an SPSS file"), "pandas.read_spss"),
    (b"<stata_dta>", en("a Stata file"), "pandas.read_stata"),
    (b"HEADER RECORD*******LIB", en("a SAS file"), "pandas.read_sas"),
    (bytes(12) + b"\xc2\xea\x81\x60", en("a SAS file"), "pandas.read_sas"),
    (b"X\n\0", en("R's own file (rds)"), IN_R),
    (b"A\n", en("R's own file (rds)"), IN_R),
    (b"RDX", en("R's own file (RData)"), IN_R),
    (b"RDA", en("R's own file (RData)"), IN_R),
    (b"ARROW1", en("an Arrow or Feather file"), "pandas.read_feather"),
    (b"FEA1", en("a Feather file"), "pandas.read_feather"),
    (b"ORC", en("an ORC file"), "pandas.read_orc"),
    (b"Obj\x01", en("an Avro file"), OR_PARQUET),
    (b"\x89HDF", en("an HDF5 file"), "pandas.read_hdf"),
    (b"\x93NUMPY", en("a NumPy array"), "numpy.load"),
    (
        b"MATLAB",
        en("a MATLAB file"),
        en("Save the table as CSV (UTF-8), with writetable, or in code pass an array from scipy.io.loadmat."),
    ),
    (b"SQLite format 3", en("an SQLite database"), en("Save one of its tables as CSV (UTF-8).")),
    (b"\x80\x02", en("a Python pickle"), OR_PARQUET),
    (b"\x80\x03", en("a Python pickle"), OR_PARQUET),
    (b"\x80\x04", en("a Python pickle"), OR_PARQUET),
    (b"\x80\x05", en("a Python pickle"), OR_PARQUET),
    (b"BZh", en("a bzip2 archive"), UNPACK),
    (b"\xfd7zXZ", en("an xz archive"), UNPACK),
    (b"\x28\xb5\x2f\xfd", en("a zstd archive"), UNPACK),
    (b"7z\xbc\xaf", en("a 7z archive"), UNPACK),
    (b"Rar!", en("a rar archive"), UNPACK),
    (b"\x89PNG", en("an image"), WRITE_DOWN),
    (b"\xff\xd8\xff", en("an image"), WRITE_DOWN),
    (b"GIF8", en("an image"), WRITE_DOWN),
    (b"{\\rtf", en("a text document (RTF)"), AS_CSV),
)
"""The first bytes of a file, what it is, and what to do with it: a sentence, or the function that reads it."""

OLD_STATA = re.compile(rb"[\x69\x6c\x6e\x6f\x71-\x73][\x01\x02]\x01\0")

INSIDE_ZIP = (
    (r"word/", en("a Word document"), AS_CSV),
    (r"ppt/", en("a presentation"), AS_CSV),
    (r"Index/.*\.iwa", en("a Numbers or Pages document"), en("Export the table as CSV or Excel.")),
    (r"[^/]*\.npy", en("an archive of NumPy arrays (npz)"), "numpy.load"),
)

WORDS: tuple[tuple[str, str, str], ...] = (
    (
        r"version\s+https://git-lfs",
        en("a pointer of Git LFS, not the table itself"),
        en("Fetch the table with 'git lfs pull', or download it from the repository's page."),
    ),
    (
        r"<!--|<(!doctype|\?xml|html|head|body|table|script|style|div|title|meta|svg|rss|error|p|h1)\b(?!>[,;\t])",
        en("a web page (HTML or XML), no table"),
        AS_CSV,
    ),
    (r"(%.*\s+)*@relation\b", en("ARFF (of Weka)"), "scipy.io.arff.loadarff"),
    (
        r"((--|/\*).*\s+)*(create|drop) table\b|insert into\b",
        en("SQL, no table"),
        en("Save what it makes as CSV (UTF-8)."),
    ),
    (r"(%.*\s+)*\\(begin|documentclass)\b", "LaTeX", AS_CSV),
    (
        r"((import|from) \w+|\w+ ?= ?(\[|\{|\(|np\.|pd\.)|(np\.|numpy\.)?array\(|(pd\.)?DataFrame\(|"
        r"[\[{(]\s*[\[{(]?\s*')",
        en("code, no table"),
        en("Run it, and pass the array, the dict or the frame that it makes, or what it writes as CSV."),
    ),
    (
        r"(-\[ RECORD \d+ \]|\*{5,} \d+\. row \*{5,})",
        en("a database's list of names and values, one record below the other"),
        en("Let it print a table instead (without \\x or \\G), or save it as CSV."),
    ),
    (r"##TITLE=", en("JCAMP-DX (of a spectrometer)"), AS_CSV),
    (
        r"%%MatrixMarket\b",
        en("a sparse matrix (Matrix Market)"),
        en("In code, pass what scipy.io.mmread returns, as an array (toarray())."),
    ),
    (r"@\w+\s*\{", "BibTeX", AS_CSV),
    (r"BEGIN:V(CALENDAR|CARD)\b", en("a calendar or cards of addresses"), AS_CSV),
    (r"1\. title( of database)?\s?:", en("the description of a data set"), en("Bring the file with its rows (.data).")),
    (
        r"\{\|",
        en("a table in a wiki's markup (MediaWiki)"),
        en("Copy it from the page that the wiki shows, or save it as CSV."),
    ),
    (r"(\[.*\]\s*\n|\..*\n)*\|={3,}", en("a table in AsciiDoc"), AS_CSV),
    (
        r"(---\s*\n)?- \w+: .*\n  \w+: ",
        "YAML",
        en("Save the table as CSV (UTF-8), or in code pass its rows as a list of dicts."),
    ),
)
"""How a text begins (in any letters), what it is, and what to do with it."""

LINES: tuple[tuple[re.Pattern[str], str, str], ...] = (
    (re.compile(r".*\"(GET|POST|HEAD|PUT) /.* HTTP/[\d.]+\".*"), en("a web server's log"), AS_CSV),
    (
        re.compile(r"\[?\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d[.,\d]*\]? .*\b(DEBUG|INFO|WARN(ING)?|ERROR|CRITICAL)\b.*"),
        en("a program's log"),
        AS_TABLE,
    ),
    (
        re.compile(r"[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S+ [^:,;\t]*: .*"),
        en("a system's log"),
        AS_TABLE,
    ),
    (re.compile(r"[^&]*&.*\\\\(\s*\\hline)?\s*"), "LaTeX", AS_CSV),
    (
        re.compile(r"(\w+=\S+[ ,;]+)+\w+=\S+\s*"),
        en("lines of name=value"),
        NAMES_ONCE,
    ),
    (
        re.compile(r"\s*(\[[^\[\](){}]*,[^\[\](){}]*\]|\([^\[\](){}]*,[^\[\](){}]*\)),?\s*"),
        en("a program's lists"),
        en("In code, pass the list of rows, or take the brackets away."),
    ),
    (
        re.compile(r"\[[^\]=]+\]|\s*[\w .]+ ?= ?[^=]*|[#;][^;]*"),
        en("settings (INI, TOML) or lines of name=value"),
        NAMES_ONCE,
    ),
)
"""How all lines of a text are that is no table, what it is, and what to do with it."""

LIBSVM = re.compile(r"[+-]?[\d.]+(?: \d+:[^\s:,;]+)+ *")


def refuse_bytes(content: bytes) -> None:
    """Raise TableError for a file that is neither text nor a table that can be read, and say what it is."""
    for magic, what, way in BINARY:
        if content.startswith(magic):
            raise _is(what, way)
    if OLD_STATA.match(content):
        raise _is(en("a Stata file"), "pandas.read_stata")
    if content[257:262] == b"ustar":
        raise _is(en("a tar archive"), UNPACK)
    if content[:4] == b"\xd0\xcf\x11\xe0":
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise _is(en("a workbook with a password"), en("Save it without one."))
        if "WordDocument".encode("utf-16-le") in content:
            raise _is(en("a Word document"), AS_CSV)
    if content[:4] == b"PK\x03\x04":
        _refuse_zip(content)


def _refuse_zip(content: bytes) -> None:
    try:
        names = zipfile.ZipFile(BytesIO(content)).namelist()
    except (zipfile.BadZipFile, ValueError, OSError):
        return
    for pattern, what, way in INSIDE_ZIP:
        if any(re.match(pattern, name) for name in names):
            raise _is(what, way)


def refuse_text(text: str) -> None:
    """Raise TableError for a text that is no table, and say what it is."""
    start = text[:5000].lstrip("\ufeff \n\t")
    for pattern, what, way in WORDS:
        if re.match(pattern, start, re.IGNORECASE):
            raise _is(what, way)
    lines = [line for line in start.split("\n") if line.strip()]
    for form, what, way in LINES:
        if len(lines) > 2 and all(map(form.fullmatch, lines[:20][: -1 if len(lines) < 21 else None])):
            raise _is(what, way)
    if start.startswith("{") and len(lines) > 1 and all(_is_json(line) for line in lines[:2]):
        raise _is(
            en("JSON lines"),
            en("Save the table as CSV (UTF-8), or in code pass what pandas.read_json(…, lines=True) returns."),
        )
    if re.match(r"[\[{]\s*[\[{\"]", start) or (start.startswith("[") and _is_json(text)):
        raise _is("JSON", en("Save the table as CSV (UTF-8), or in code pass its columns as a dict."))
    if len(lines) > 2 and all(LIBSVM.fullmatch(line) for line in lines[:20][: -1 if len(lines) < 21 else None]):
        raise _is(en("LIBSVM's (number:value)"), "sklearn.datasets.load_svmlight_file")


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _is(what: str, way: str) -> TableError:
    """The refusal of a file, with a way out: a sentence, or the name of a function that reads it."""
    said = tr("The file is {kind}.", kind=tr(what))
    if " " in way:
        return TableError(f"{said} {tr(way)}")
    or_code = en("Save the table as CSV (UTF-8), or in code pass what {function} returns.")
    return TableError(f"{said} {tr(or_code, function=way)}")
