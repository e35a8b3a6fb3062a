"""Where sentences stand in the code: told from names, keys and code by what they look like."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

SAID_BY = {"tr", "ntr", "en"}

DEVELOPERS = {"ArgumentError", "AssertionError", "BrokenExecutor", "EOFError", "KeyError", "RuntimeError", "TypeError"}
"""Exceptions that only a developer sees."""

BESIDE = {
    ("lab/export/experiment.py", "FORMAT"),
    ("lab/export/export.py", "lane_program"),  # programs are English
    ("lab/export/export.py", "comparison_program"),
    ("lab/export/tables.py", "_reading_points"),
    ("lab/export/tables.py", "_adding"),
    ("lab/export/save.py", "suffix_of"),
    ("lab/look/lettering.py", "EVERY_SIGN"),
    ("lab/look/style.py", "_words"),
    ("lab/look/style.py", "lane_marks"),
    ("lab/look/theme.py", "FONTS"),
    ("lab/page/messages.py", "KINDS"),
    ("lab/panels/__init__.py", "_entered"),
    ("lab/page/messages.py", "fault"),  # for the log
    ("regviz/data/datasets.py", "DATASETS"),  # names of data, which are data
    ("regviz/data/datasets.py", "_load"),
    ("regviz/data/datasets.py", "_draw"),  # names of randomness
    ("regviz/data/drawn.py", "_title"),
    ("regviz/data/planted.py", "NAMES"),
    ("regviz/data/planted.py", "CLASSES"),
    ("regviz/data/planted.py", "TWINS"),
    ("regviz/specifications.py", "strength"),  # of the table of fields
    ("regviz/tables/cells/answers.py", "_MORE"),  # words that tables have
    ("regviz/tables/cells/dates.py", "dotted_as"),
    ("regviz/tables/cells/date_forms.py", "_PARTS"),
    ("regviz/tables/lines/first_line.py", "_WORDS"),
    ("regviz/tables/lines/footnotes.py", "_WORDS"),
    ("regviz/tables/lines/last_rows.py", "_SUM"),
    ("regviz/tables/lines/last_rows.py", "_LANDS"),
    ("regviz/tables/lines/legends.py", "SURVEYMONKEY"),
    ("regviz/tables/cells/missing.py", "_WORDS"),
    ("regviz/tables/cells/missing.py", "_NEVER"),
    ("regviz/tables/cells/months.py", "_NAMES"),
    ("regviz/tables/cells/numbers.py", "_CODES"),
    ("regviz/tables/parts.py", "stratified_parts"),  # a developer's error
    ("regviz/tables/cells/plurals.py", "_FORMS"),
    ("regviz/tables/cells/plurals.py", "_TIMES"),
    ("regviz/tables/record.py", "LEFT_OUT"),
    ("regviz/tables/judging/roles.py", "ROW_NUMBER"),
    ("regviz/tables/lines/rows.py", "_closed"),
    ("regviz/tables/files/scripts.py", "TITLES"),  # names of encodings
    ("regviz/tables/cells/spelling.py", "_MORE"),
    ("regviz/tables/lines/titles.py", "_UNITS"),
    ("regviz/tables/cells/units.py", "_OTHERS"),
    ("lab/look/style.py", "words_of"),
    ("lab/serve/pages/assets.py", "FOR_GOOD"),
    ("lab/serve/hall/following.py", "page_files"),
    ("lab/serve/pages/pages.py", "NOTEBOOK"),  # for the log
    ("lab/serve/pages/pages.py", "Plain"),  # what no person looks at
    ("lab/serve/hall/poll.py", "written"),  # names of columns
    ("lab/serve/kernels/real_data.py", "READ"),  # a program
    ("lab/serve/pages/rendering.py", "Render"),  # for the log
    ("lab/serve/server.py", "ORDINARY"),
    ("lab/serve/server.py", "tornado_settings"),
    ("lab/serve/sessions.py", "Queue"),
    ("lab/serve/sockets.py", "Socket"),  # for the log
}
"""Constants, functions and classes that hold no sentences of their folder."""

TERMINAL = frozenset(
    f"lab/serve/{name}.py"
    for name in (
        "cli",
        "doors",
        "figures",
        "folders",
        "kernels/forking",
        "access/gate",
        "listening",
        "printing",
        "saying",
        "access/wire",
        "kernels/zygote",
    )
)
"""Modules that speak to whoever runs the server, in English: in the terminal, or in its log."""

FOR_AUTHORS = {
    "the text {} has several lines; a panel's text is one line, for example two artists",
    "test score",
}
"""Errors of those who write a picture, and what those who write a lesson call a measure."""

NOT_SAID = {"warning", "info", "debug", "exception", "refuse", "compile", "Thread", "Unicode", "Dict", "Int"} | {
    *("Bool", "Enum", "List", "Float", "Integer", "Tuple", "HTTPError", "SystemExit", "Unreadable", "close", "end"),
}
"""Calls whose texts nobody reads on the page: log lines, patterns, the help of traits, reasons in a protocol."""

LOG = "say"
"""The server's log (`serve/saying.py`), called by this name alone: a method of this name speaks to a person."""

NAMES = {"regviz", "MB", "kB", "PyTorch", "JupyterLab"}
"""Words that are the same in every language."""

WORD = re.compile(r"[^\W\d_]{2,}")
CODE = re.compile(
    r"""<[^<>]*> | ^\s*[.#@][\w-]+.*\{.*$ | \brv-[\w-]+ | --[\w-]+ | [\w-]+="[^"]*" | \w[\w-]*:\s*[^\s;]+;
    | \b\w+\([^()]*\) | ^(upper|lower|center)\ (left|right)$ | ^.*\\[.bdsw\[(].*$""",
    re.DOTALL | re.VERBOSE,
)
"""Tags, calls, style rules, classes, attributes, declarations, places as Matplotlib names them, and patterns."""

SAID = re.compile(r"\W*[\w’'-]+\W*")


def of_file(path: Path, place: str) -> Iterator[tuple[int, str]]:
    """Line and text of each sentence outside of the catalogue's calls; `place` is the file's path from the root."""
    if place in TERMINAL:
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    passed: set[int] = set()
    for node in tree.body:
        named = [node.name] if isinstance(node, (ast.FunctionDef, ast.ClassDef)) else []
        named += [ast.unparse(target) for target in node.targets] if isinstance(node, ast.Assign) else []
        named += [ast.unparse(node.target)] if isinstance(node, ast.AnnAssign) else []
        if any((place, name) in BESIDE for name in named):
            passed.update(id(inner) for inner in ast.walk(node))
    for node in ast.walk(tree):
        parts = [*_not_said(node), *_for_developers(node)]
        passed.update(id(inner) for part in parts for inner in ast.walk(part))
    for node in ast.walk(tree):
        if id(node) in passed:
            continue
        if isinstance(node, ast.JoinedStr):
            passed.update(id(part) for part in node.values if isinstance(part, ast.Constant))
            passed.update(id(p.format_spec) for p in node.values if isinstance(p, ast.FormattedValue))
            text = "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        else:
            continue
        if is_sentence(text) and text not in FOR_AUTHORS:
            yield node.lineno, text


TOKEN = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?\*/|\{\#.*?\#\})
    | (?P<said>(?<!\w)n?tr\(\s*"(?:[^"\\]|\\.)*"(?:,\s*"(?:[^"\\]|\\.)*")?|new\ Error\([^\n]*)
    | (?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\$]|\\.|\$(?!\{)|\$\{(?:[^{}`]|\{[^{}]*\}|`[^`]*`)*\})*`)
    | (?P<pattern>(?<=[(,=:\[!&|?{};])\s*/(?![*/ ])(?:[^/\\\n\[]|\\.|\[(?:[^\]\\]|\\.)*\])+/)""",
    re.VERBOSE | re.DOTALL,
)
"""What of a script may hold quotes: remarks, what is said, texts, patterns."""

SPOKEN = re.compile(r"(?<![\w.#\[=:(-])(?:[A-Z][\w’']* [\w’']+|[\w’']{2,},? [\w’']{2,},? [\w’']{2,})")
"""Words of a script that a person reads, not one that looks for something on the page ("tbody tr")."""


def of_script(code: str) -> Iterator[str]:
    """The sentences of a script that stand outside of `tr` and `ntr`."""
    for token in TOKEN.finditer(code):
        text = re.sub(r"<[^>]*>|\$\{[^}]*\}", " ", token["text"] or "")
        if SPOKEN.search(text) and is_sentence(text):
            yield text.strip()


EXPRESSION = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
READ_ALOUD = re.compile(r'\b(?:alt|title|placeholder|aria-label)="([^"]*)"')


def of_template(code: str) -> Iterator[str]:
    """The words of a page's template that are the same in every language, and texts in its expressions.

    Here a single word counts: it stands on the page as it is.
    """
    for expression in EXPRESSION.findall(code):
        yield from of_script(expression)
    page = re.sub(r"<(script|style)\b.*?</\1>", " ", EXPRESSION.sub(" ", code), flags=re.DOTALL)
    for text in [*READ_ALOUD.findall(page), *re.sub(r"<[^>]*>", "\n", page).split("\n")]:
        if any(WORD.search(word) and not _is_name(word) for word in text.split()):
            yield text.strip()


def says(code: str) -> bool:
    """Whether a module may say or mark anything."""
    return re.search(rf"\b({'|'.join(SAID_BY)})\(", code) is not None


def said_in(path: Path) -> Iterator[str]:
    """The texts that a module says or marks, wherever the call stands."""
    code = path.read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(code)) if says(code) else ():
        if isinstance(node, ast.Call) and _name(node) in SAID_BY and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and first.value:
                yield str(first.value)


def is_sentence(text: str) -> bool:
    """Whether a text has two words or more that a person reads; a place {} of a text counts as one."""
    words = CODE.sub(" ", text).split()
    return len(words) > 1 and any(SAID.fullmatch(word) and WORD.search(word) and not _is_name(word) for word in words)


def _is_name(word: str) -> bool:
    return word.strip(",.:;()") in NAMES


def _not_said(node: ast.AST) -> list[ast.AST]:
    """Parts of a node whose texts need no catalogue, or are in it."""
    if isinstance(node, ast.FunctionDef) and node.name == "__repr__":
        return [node]
    if isinstance(node, (ast.Module, ast.ClassDef)):
        return _docstrings(node)
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return [node]
    if isinstance(node, ast.Compare):
        return [*node.comparators]
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return [*_docstrings(node), *_for_developers(node)]
    if isinstance(node, ast.Call) and _name(node) in SAID_BY:
        return [*node.args]
    if isinstance(node, ast.Call) and _name(node) in NOT_SAID | DEVELOPERS:
        return [node]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == LOG:
        return [node]
    if isinstance(node, ast.FormattedValue) and node.format_spec is not None:
        return [node.format_spec]
    if isinstance(node, ast.Subscript):
        return [node.slice]
    if isinstance(node, (ast.AnnAssign, ast.arg)) and node.annotation is not None:
        return [node.annotation]
    return []


def _docstrings(node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.AST]:
    return [part for part in node.body if isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant)]


def _for_developers(node: ast.AST) -> list[ast.AST]:
    """What a function gives a name that only exceptions for developers are made with."""
    if isinstance(node, (ast.expr, ast.expr_context, ast.operator)):
        return []  # nothing is assigned inside: most nodes, whose parts need no look
    parts = [*ast.walk(node)]
    made = [part for part in parts if isinstance(part, ast.Call) and _name(part).endswith("Error")]
    theirs = {arg.id for call in made if _name(call) in DEVELOPERS for arg in call.args if isinstance(arg, ast.Name)}
    if not theirs:
        return []
    read = {arg.id for call in made if _name(call) not in DEVELOPERS for arg in call.args if isinstance(arg, ast.Name)}
    return [
        part.value
        for part in parts
        if isinstance(part, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id in theirs - read for target in part.targets)
    ]


def _name(call: ast.Call) -> str:
    called = call.func
    return called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
