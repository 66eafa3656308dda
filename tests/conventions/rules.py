"""Rules of the house that no general tool knows. Each takes a file and yields a line for whatever breaks it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.conventions.sources import calls, dotted, imports, tree_of

LONGEST_FILE = 450

_NESTED_LOOP = re.compile(
    r"(.*\.)?(exec|exec_|processEvents|getOpenFileNames?|getSaveFileName|getExistingDirectory)"
    r"|(.*\.)?QMessageBox\.(question|information|warning|critical|about)"
    r"|(.*\.)?(QInputDialog|QColorDialog|QFontDialog)\.get\w+"
)
_RICH_TEXT = re.compile(
    r"(.*\.)?(QLabel|QMessageBox(\.\w+)?|QToolTip\.showText)"
    r"|.*\.(setToolTip|setHtml|insertHtml|appendHtml)"
)
_TASK_START = re.compile(r"(.*\.)?(create_task|ensure_future)")
_TASK_GROUP = re.compile(r"(^|[._])(tg|group|task_group)\.", re.IGNORECASE)
_COLOUR_TEXT = re.compile(r"#(?:[0-9A-Fa-f]{8}|[0-9A-Fa-f]{6}|[0-9A-Fa-f]{3,4})\b")
_COLOUR_MAKERS = {"QColor", "fromRgb", "fromHsv", "fromHsl", "qRgb", "qRgba"}
_COLOUR_NAME = re.compile(
    r"Qt(\.GlobalColor)?\.(black|white|(dark|light)?(red|green|blue|cyan|magenta|yellow|gray))", re.IGNORECASE
)
_VENDOR_WORD = re.compile(r"xima|chronicall|yeastar|asternic|p-series|mitel|avaya", re.IGNORECASE)


def imports_qasync(path: Path) -> Iterator[str]:
    """The event loop can be swapped as long as one file knows which it is."""
    for line, module in imports(path):
        if module.split(".")[0] == "qasync":
            yield f"{line}: imports {module}"


def nests_a_loop(path: Path) -> Iterator[str]:
    """A nested loop inside a task loses the other task's wake-up for ever."""
    return _calls_matching(path, _NESTED_LOOP)


def starts_a_bare_task(path: Path) -> Iterator[str]:
    """A task without an owner is lost, or its failure is: tasks start through a TaskScope."""
    return _calls_matching(path, _TASK_START)


def drops_a_task(path: Path) -> Iterator[str]:
    """Whoever starts a task keeps a reference, else it may be collected while it runs."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            name = dotted(node.value.func)
            if _TASK_START.fullmatch(name) and not _TASK_GROUP.search(name):
                yield f"{node.lineno}: drops the task of {name}"


def loses_cancellations(path: Path) -> Iterator[str]:
    """Before Python 3.12 `wait_for` drops a cancellation that meets its result; `asyncio.timeout` does not."""
    return _calls_matching(path, re.compile(r"(asyncio\.)?wait_for"))


def shows_rich_text(path: Path) -> Iterator[str]:
    """Qt guesses HTML: a caller's name with a tag in it would be rendered. The factories switch that off."""
    yield from _calls_matching(path, _RICH_TEXT)
    for node in ast.walk(tree_of(path)):
        for base in node.bases if isinstance(node, ast.ClassDef) else ():
            if dotted(base).split(".")[-1] in {"QLabel", "QMessageBox"}:
                yield f"{node.lineno}: {node.name} is a {dotted(base)}"


def has_a_colour(path: Path) -> Iterator[str]:
    """Colours live in the theme, where dark, light and contrast are decided together."""
    prose = _docstrings(path)
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Constant):
            if isinstance(node.value, str) and node not in prose and _COLOUR_TEXT.search(node.value):
                yield f"{node.lineno}: has the colour {node.value!r}"
        elif isinstance(node, ast.Call):
            literal = bool(node.args) and all(isinstance(argument, ast.Constant) for argument in node.args)
            if literal and dotted(node.func).split(".")[-1] in _COLOUR_MAKERS:
                yield f"{node.lineno}: makes a colour from literals"
        elif isinstance(node, ast.Attribute) and _COLOUR_NAME.fullmatch(dotted(node)):
            yield f"{node.lineno}: uses {dotted(node)}"


def names_a_vendor(path: Path) -> Iterator[str]:
    """The domain speaks of contact centres, not of products."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if match := _VENDOR_WORD.search(line):
            yield f"{number}: says {match[0]}"


def is_too_long(path: Path) -> Iterator[str]:
    """A file is one room with one purpose."""
    length = len(path.read_text(encoding="utf-8").splitlines())
    if length > LONGEST_FILE:
        yield f"{length}: lines, at most {LONGEST_FILE}"


def _calls_matching(path: Path, pattern: re.Pattern[str]) -> Iterator[str]:
    for line, name, _ in calls(path):
        if pattern.fullmatch(name):
            yield f"{line}: calls {name}"


def _docstrings(path: Path) -> set[ast.AST]:
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return {
        node.body[0].value
        for node in ast.walk(tree_of(path))
        if isinstance(node, holders) and node.body and isinstance(node.body[0], ast.Expr)
    }
