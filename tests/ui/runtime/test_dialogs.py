"""Dialogs are awaited, never nested: other tasks go on while one is open, and all of their text is plain."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from console.ui.runtime.dialogs import PlainDialog, ask, open_file, run_dialog, save_file, tell
from console.ui.theme import Theme
from tests.ui.conftest import RunCoroutine, until


def opened(kind: type[QDialog] = PlainDialog) -> QDialog | None:
    """The dialog of that kind on screen, if any."""
    return next((w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()), None)


async def shown(kind: type[QDialog] = PlainDialog) -> QDialog:
    """Wait for it."""
    await until(lambda: opened(kind) is not None)
    dialog = opened(kind)
    assert dialog is not None
    return dialog


def test_ask_says_yes_no_and_no_on_escape(arun: RunCoroutine, qtbot: QtBot) -> None:
    async def answer(how: str) -> bool:
        task = asyncio.ensure_future(ask(None, Theme(), "Remove?", "It is gone then.", confirm="Remove"))
        dialog = await shown()
        if how == "escape":
            qtbot.keyClick(dialog, Qt.Key.Key_Escape)
        elif how == "enter":
            qtbot.keyClick(dialog, Qt.Key.Key_Return)
        else:
            dialog.close()
        return await task

    assert arun(answer("enter")) is True
    assert arun(answer("escape")) is False
    assert arun(answer("close")) is False


def test_other_tasks_go_on_while_a_dialog_is_open(arun: RunCoroutine) -> None:
    async def body() -> int:
        turns = 0

        async def work() -> None:
            nonlocal turns
            for _ in range(20):
                await asyncio.sleep(0)
                turns += 1

        task = asyncio.ensure_future(tell(None, Theme(), "Done", "All is well."))
        dialog = await shown()
        await work()
        dialog.accept()
        await task
        return turns

    assert arun(body()) == 20


def test_cancelling_the_caller_closes_the_dialog(arun: RunCoroutine) -> None:
    async def body() -> None:
        task = asyncio.ensure_future(tell(None, Theme(), "Done", "All is well."))
        await shown()
        task.cancel()
        await asyncio.wait({task})
        await until(lambda: opened() is None)

    arun(body())


def test_a_parent_deleted_meanwhile_counts_as_no(arun: RunCoroutine) -> None:
    async def body() -> bool:
        parent = QWidget()
        parent.show()
        task = asyncio.ensure_future(ask(parent, Theme(), "Remove?", "Really?", confirm="Remove"))
        await shown()
        parent.deleteLater()
        return await task

    assert arun(body()) is False


def test_markup_in_a_question_stays_literal(arun: RunCoroutine) -> None:
    async def body() -> None:
        dialog = PlainDialog(None, Theme(), "<b>x</b>", "<a href='x'>y</a>", confirm="A & B", detail="<i>z</i>")
        labels = dialog.findChildren(QLabel)
        assert labels
        assert all(label.textFormat() is Qt.TextFormat.PlainText for label in labels)
        task = asyncio.ensure_future(run_dialog(dialog))
        await shown()
        dialog.reject()
        assert await task == QDialog.DialogCode.Rejected

    arun(body())


def test_open_file_gives_the_path_or_none(arun: RunCoroutine, tmp_path: Path) -> None:
    file = tmp_path / "profiles.json"
    file.write_text("{}")

    async def body(accepts: bool) -> Path | None:
        task = asyncio.ensure_future(open_file(None, "Import", ["JSON (*.json)"], tmp_path))
        dialog = await shown(QFileDialog)
        assert isinstance(dialog, QFileDialog)
        if accepts:
            dialog.selectFile(str(file))
            dialog.fileSelected.emit(str(file))
            dialog.done(int(QDialog.DialogCode.Accepted))
        else:
            dialog.reject()
        return await task

    assert arun(body(True)) == file
    assert arun(body(False)) is None


def test_a_file_that_is_there_is_replaced_only_when_told_to(arun: RunCoroutine, tmp_path: Path) -> None:
    """Also where the dialog adds the ending after the name was typed without it."""
    (tmp_path / "taken.csv").write_text("kept")

    async def pick(path: Path) -> None:
        dialog = await shown(QFileDialog)
        assert isinstance(dialog, QFileDialog)
        assert dialog.testOption(QFileDialog.Option.DontConfirmOverwrite) is (sys.platform != "darwin")
        dialog.fileSelected.emit(str(path))
        dialog.done(int(QDialog.DialogCode.Accepted))

    async def body(replaces: bool) -> Path | None:
        task = asyncio.ensure_future(save_file(None, Theme(), "Save as", "taken.csv", ["*.csv"], tmp_path))
        await pick(tmp_path / "taken.csv")
        question = await shown()
        assert any("taken.csv" in label.text() for label in question.findChildren(QLabel))
        if replaces:
            question.accept()
            return await task
        question.reject()
        await until(lambda: opened() is None)
        await pick(tmp_path / "free.csv")
        return await task

    if sys.platform == "darwin":
        return
    assert arun(body(True)) == tmp_path / "taken.csv"
    assert arun(body(False)) == tmp_path / "free.csv"
