"""The rules of the house hold in every file, and each rule can still tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conventions import rules
from tests.conventions.sources import ROOT, name_of, python_files, text_files

Rule = Callable[[Path], Iterator[str]]

# rule, where it holds, and the files or folders that are the one place for the thing
_HOLDS = [
    (rules.imports_qasync, ("console",), ("console/ui/runtime/loop.py",)),
    (
        rules.nests_a_loop,
        ("console/ui", "console/app"),
        ("console/ui/runtime/dialogs.py", "console/ui/runtime/first_paint.py"),
    ),
    (rules.starts_a_bare_task, ("console",), ("console/tasks.py", "console/demo/")),
    (rules.drops_a_task, ("console/demo",), ()),
    (rules.loses_cancellations, ("console",), ("console/demo/",)),
    (rules.shows_rich_text, ("console/ui",), ("console/ui/widgets/",)),
    (rules.has_a_colour, ("console",), ("console/ui/theme/", "console/ui/theme.py")),
    (rules.names_a_vendor, ("console/domain",), ()),
    (rules.is_too_long, ("console", "tests", "packaging"), ()),
]


def _id(value: object) -> str:
    return getattr(value, "__name__", "")


@pytest.mark.parametrize(("rule", "where", "besides"), _HOLDS, ids=_id)
def test_rule_holds(rule: Rule, where: tuple[str, ...], besides: tuple[str, ...]):
    files = [path for path in python_files(*where) if not name_of(path).startswith(besides or "?")]
    breaches = [f"{name_of(path)}:{breach}" for path in files for breach in rule(path)]
    assert not breaches, "\n".join([rule.__doc__ or "", *breaches])


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        (rules.imports_qasync, "import qasync"),
        (rules.imports_qasync, "def late():\n    from qasync import QEventLoop"),
        (rules.nests_a_loop, "dialog.exec()"),
        (rules.nests_a_loop, "self.menu().exec(point)"),
        (rules.nests_a_loop, "QApplication.processEvents()"),
        (rules.nests_a_loop, "QFileDialog.getSaveFileName(self)"),
        (rules.nests_a_loop, "QMessageBox.question(self, a, b)"),
        (rules.starts_a_bare_task, "task = asyncio.create_task(work())"),
        (rules.starts_a_bare_task, "task = asyncio.get_running_loop().create_task(work())"),
        (rules.starts_a_bare_task, "ensure_future(work())"),
        (rules.drops_a_task, "loop.create_task(work())"),
        (rules.loses_cancellations, "await asyncio.wait_for(work(), 1)"),
        (rules.shows_rich_text, "QLabel(name)"),
        (rules.shows_rich_text, "QtWidgets.QLabel(name)"),
        (rules.shows_rich_text, "self.view.setToolTip(name)"),
        (rules.shows_rich_text, "self.cell().setHtml(name)"),
        (rules.shows_rich_text, "class Note(QLabel):\n    pass"),
        (rules.has_a_colour, "x = '#2F6FED'"),
        (rules.has_a_colour, "x = 'color: #fff; margin: 0'"),
        (rules.has_a_colour, "QColor(255, 0, 0)"),
        (rules.has_a_colour, "QtGui.QColor('red')"),
        (rules.has_a_colour, "pen.setColor(Qt.red)"),
        (rules.has_a_colour, "pen.setColor(Qt.GlobalColor.darkGray)"),
        (rules.names_a_vendor, "# as Yeastar does"),
        (rules.is_too_long, "\n" * (rules.LONGEST_FILE + 1)),
    ],
    ids=_id,
)
def test_rule_can_tell(rule: Rule, source: str, tmp_path: Path):
    path = tmp_path / "room.py"
    path.write_text(source, encoding="utf-8")
    assert list(rule(path))


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        (rules.nests_a_loop, "await run_dialog(dialog)"),
        (rules.starts_a_bare_task, "scope.start(work())"),
        (rules.drops_a_task, "group.create_task(work())"),
        (rules.drops_a_task, "self._tasks.add(loop.create_task(work()))"),
        (rules.shows_rich_text, "plain_label(name)"),
        (rules.has_a_colour, '"""Like issue #123456."""\nQColor(name)\nx = "#1 in queue"'),
    ],
    ids=_id,
)
def test_rule_lets_good_code_pass(rule: Rule, source: str, tmp_path: Path):
    path = tmp_path / "room.py"
    path.write_text(source, encoding="utf-8")
    assert list(rule(path)) == []


# spelled in pieces, so that this file does not break its own rule
_MACHINE_WORDS = ["/wo" + "rk/", "../sha" + "red", "py" + "pi.", "pythonho" + "sted", "/opt/py" + "pi", "/ro" + "ot/"]


@pytest.mark.parametrize("word", _MACHINE_WORDS)
def test_no_file_names_the_machine_it_was_written_on(word: str):
    breaches = [
        f"{name_of(path)}:{number}"
        for path in text_files()
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if word in line
    ]
    assert breaches == []


@pytest.mark.parametrize("tree", ["console", "tests"])
def test_every_folder_is_a_package(tree: str):
    """In tests equal file names clash otherwise; in the package import-linter and package walks would miss it."""
    folders = {path.parent for path in python_files(tree)} - {ROOT / "tests" / "benchmarks"}
    assert sorted(name_of(folder) for folder in folders if not (folder / "__init__.py").exists()) == []


def test_packaging_is_no_package():
    """With an ``__init__.py`` the folder would hide the library of that name from everything run at the root."""
    assert not (ROOT / "packaging" / "__init__.py").exists()


def test_the_rules_look_at_something():
    """A renamed folder must not turn the rules above into empty promises."""
    for folder in ("console", "console/domain", "tests", "packaging"):
        assert python_files(folder), f"{folder} holds no Python file"
    assert ROOT / "pyproject.toml" in text_files()
