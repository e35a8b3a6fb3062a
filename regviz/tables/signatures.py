"""What is no table: other kinds of files, told by their first bytes or words, each with a way out."""

from __future__ import annotations

import json
import re
import zipfile
from io import BytesIO

from .errors import TableError

AS_CSV = "save the table as CSV (UTF-8)"
UNPACK = "unpack it, and take the table from it"
IN_R = "in R, write.csv(x, 'table.csv', row.names = FALSE) makes a table of it"

BINARY: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", "a PDF", AS_CSV),
    (b"$FL", "an SPSS file", f"{AS_CSV}, or in code pass what pandas.read_spss returns"),
    (b"<stata_dta>", "a Stata file", f"{AS_CSV}, or in code pass what pandas.read_stata returns"),
    (b"HEADER RECORD*******LIB", "a SAS file", f"{AS_CSV}, or in code pass what pandas.read_sas returns"),
    (bytes(12) + b"\xc2\xea\x81\x60", "a SAS file", f"{AS_CSV}, or in code pass what pandas.read_sas returns"),
    (b"X\n\0", "R's own file (rds)", IN_R),
    (b"A\n", "R's own file (rds)", IN_R),
    (b"RDX", "R's own file (RData)", IN_R),
    (b"RDA", "R's own file (RData)", IN_R),
    (b"ARROW1", "an Arrow or Feather file", "in code, pass what pandas.read_feather returns, or save it as Parquet"),
    (b"FEA1", "a Feather file", "in code, pass what pandas.read_feather returns, or save it as Parquet"),
    (b"ORC", "an ORC file", "in code, pass what pandas.read_orc returns, or save it as Parquet"),
    (b"Obj\x01", "an Avro file", f"{AS_CSV} or as Parquet"),
    (b"\x89HDF", "an HDF5 file", f"{AS_CSV}, or in code pass what pandas.read_hdf returns"),
    (b"\x93NUMPY", "a NumPy array", "in code, pass what numpy.load returns"),
    (b"MATLAB", "a MATLAB file", f"{AS_CSV} (writetable), or in code pass an array from scipy.io.loadmat"),
    (b"SQLite format 3", "an SQLite database", "save one of its tables as CSV (UTF-8)"),
    (b"\x80\x02", "a Python pickle", f"{AS_CSV} or as Parquet"),
    (b"\x80\x03", "a Python pickle", f"{AS_CSV} or as Parquet"),
    (b"\x80\x04", "a Python pickle", f"{AS_CSV} or as Parquet"),
    (b"\x80\x05", "a Python pickle", f"{AS_CSV} or as Parquet"),
    (b"BZh", "a bzip2 archive", UNPACK),
    (b"\xfd7zXZ", "an xz archive", UNPACK),
    (b"\x28\xb5\x2f\xfd", "a zstd archive", UNPACK),
    (b"7z\xbc\xaf", "a 7z archive", UNPACK),
    (b"Rar!", "a rar archive", UNPACK),
    (b"\x89PNG", "an image", "write the table down as CSV (UTF-8)"),
    (b"\xff\xd8\xff", "an image", "write the table down as CSV (UTF-8)"),
    (b"GIF8", "an image", "write the table down as CSV (UTF-8)"),
    (b"{\\rtf", "a text document (RTF)", AS_CSV),
)
"""The first bytes of a file, what it is, and what to do with it."""

OLD_STATA = re.compile(rb"[\x69\x6c\x6e\x6f\x71-\x73][\x01\x02]\x01\0")

INSIDE_ZIP = (
    (r"word/", "a Word document", AS_CSV),
    (r"ppt/", "a presentation", AS_CSV),
    (r"Index/.*\.iwa", "a Numbers or Pages document", "export the table as CSV or Excel"),
    (r"[^/]*\.npy", "an archive of NumPy arrays (npz)", "in code, pass arrays from numpy.load"),
)

WORDS: tuple[tuple[str, str, str], ...] = (
    (
        r"version https://git-lfs",
        "a pointer of Git LFS, not the table itself",
        "fetch the table with 'git lfs pull', or download it from the repository's page",
    ),
    (
        r"<!--|<(!doctype|\?xml|html|head|body|table|script|style|div|title|meta|svg|rss|error|p|h1)\b(?!>[,;\t])",
        "a web page (HTML or XML), no table",
        AS_CSV,
    ),
    (r"(%.*\s+)*@relation\b", "ARFF (of Weka)", f"{AS_CSV}, or in code pass what scipy.io.arff.loadarff returns"),
    (r"((--|/\*).*\s+)*(create|drop) table\b|insert into\b", "SQL, no table", "save what it makes as CSV (UTF-8)"),
    (r"(%.*\s+)*\\(begin|documentclass)\b", "LaTeX", AS_CSV),
    (
        r"((import|from) \w+|\w+ ?= ?(\[|\{|\(|np\.|pd\.)|(np\.|numpy\.)?array\(|(pd\.)?DataFrame\(|"
        r"[\[{(]\s*[\[{(]?\s*')",
        "code, no table",
        "run it, and pass the array, the dict or the frame that it makes, or what it writes as CSV",
    ),
    (
        r"(-\[ RECORD \d+ \]|\*{5,} \d+\. row \*{5,})",
        "a database's list of names and values, one record below the other",
        "let it print a table instead (without \\x or \\G), or save it as CSV",
    ),
    (r"##TITLE=", "JCAMP-DX (of a spectrometer)", AS_CSV),
    (
        r"%%MatrixMarket\b",
        "a sparse matrix (Matrix Market)",
        "in code, pass what scipy.io.mmread returns, as an array (toarray())",
    ),
    (r"@\w+\s*\{", "BibTeX", AS_CSV),
    (r"BEGIN:V(CALENDAR|CARD)\b", "a calendar or cards of addresses", AS_CSV),
    (r"1\. title( of database)?\s?:", "the description of a data set", "bring the file with its rows (.data)"),
    (r"\{\|", "a table in a wiki's markup (MediaWiki)", "copy it from the page that the wiki shows, or save it as CSV"),
    (r"(\[.*\]\s*\n|\..*\n)*\|={3,}", "a table in AsciiDoc", AS_CSV),
    (r"(---\s*\n)?- \w+: .*\n  \w+: ", "YAML", f"in code, pass its rows as a list of dicts, or {AS_CSV}"),
)
"""How a text begins (in any letters), what it is, and what to do with it."""

LINES: tuple[tuple[re.Pattern[str], str, str], ...] = (
    (re.compile(r".*\"(GET|POST|HEAD|PUT) /.* HTTP/[\d.]+\".*"), "a web server's log", AS_CSV),
    (
        re.compile(r"\[?\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d[.,\d]*\]? .*\b(DEBUG|INFO|WARN(ING)?|ERROR|CRITICAL)\b.*"),
        "a program's log",
        "write its numbers as a table, one name for each column",
    ),
    (
        re.compile(r"[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S+ [^:,;\t]*: .*"),
        "a system's log",
        "write its numbers as a table, one name for each column",
    ),
    (re.compile(r"[^&]*&.*\\\\(\s*\\hline)?\s*"), "LaTeX", AS_CSV),
    (
        re.compile(r"(\w+=\S+[ ,;]+)+\w+=\S+\s*"),
        "lines of name=value",
        "write the names once, in the first line, and the values below them",
    ),
    (
        re.compile(r"\s*(\[[^\[\](){}]*,[^\[\](){}]*\]|\([^\[\](){}]*,[^\[\](){}]*\)),?\s*"),
        "a program's lists",
        "in code, pass the list of rows, or take the brackets away",
    ),
    (
        re.compile(r"\[[^\]=]+\]|\s*[\w .]+ ?= ?[^=]*|[#;][^;]*"),
        "settings (INI, TOML) or lines of name=value",
        "write the names once, in the first line, and the values below them",
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
        raise _is("a Stata file", f"{AS_CSV}, or in code pass what pandas.read_stata returns")
    if content[257:262] == b"ustar":
        raise _is("a tar archive", UNPACK)
    if content[:4] == b"\xd0\xcf\x11\xe0":
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise _is("a workbook with a password", "save it without one")
        if "WordDocument".encode("utf-16-le") in content:
            raise _is("a Word document", AS_CSV)
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
        raise _is("JSON lines", f"in code, pass what pandas.read_json(…, lines=True) returns, or {AS_CSV}")
    if re.match(r"[\[{]\s*[\[{\"]", start) or (start.startswith("[") and _is_json(text)):
        raise _is("JSON", f"in code, pass its columns as a dict, or {AS_CSV}")
    if len(lines) > 2 and all(LIBSVM.fullmatch(line) for line in lines[:20][: -1 if len(lines) < 21 else None]):
        raise _is(
            "LIBSVM's (number:value)", "in code, pass what sklearn.datasets.load_svmlight_file returns, as arrays"
        )


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _is(what: str, way: str) -> TableError:
    return TableError(f"The file is {what}; {way}.")
