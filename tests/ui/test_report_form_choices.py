"""Choosing many of very many: search, keys, headings, pasted lists, keys nobody knows."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from console.reports.schema import Choice, Param, ParamKind
from console.ui.forms.choices import ChoiceBook
from console.ui.forms.choices_field import ChoicesEditor
from console.ui.forms.choices_model import ChoicesModel, Heading, Stray
from console.ui.forms.choices_panel import ChoicesPanel
from console.ui.forms.choices_state import ListPhase, ListState
from console.ui.forms.report_base import UNSET
from console.ui.theme import Theme
from tests.ui.windows.walk import clipped, complaints

AGENTS = (
    Choice("1", "Anna", "Sales", "4001"),
    Choice("2", "Bert", "Support", "4002"),
    Choice("3", "Doe, John", "Sales", "4003"),
    Choice("4", "Anna", "Support", "4004"),
)


@pytest.fixture
def editor(qtbot: QtBot, theme: Theme) -> ChoicesEditor:
    """An editor of four agents."""
    result = ChoicesEditor(theme, Param("agents", ParamKind.MULTI_CHOICE, "Agents"), AGENTS)
    qtbot.addWidget(result)
    result.name_parts("Agents")
    result.show()
    return result


def opened(editor: ChoicesEditor) -> ChoicesPanel:
    """Its panel, open."""
    editor.open_panel()
    assert editor.panel is not None
    return editor.panel


def labels(panel: ChoicesPanel) -> list[str]:
    """What the list shows."""
    return [str(panel.model.index(row, 0).data()) for row in range(panel.model.rowCount())]


# -- the book


@pytest.mark.parametrize(
    ("text", "known", "unknown"),
    [
        ("1\n2", ("1", "2"), ()),
        ("bert; 4003", ("2", "3"), ()),
        ("Doe, John", ("3",), ()),
        ("Bert, Doe, John, Zoë", ("2", "3"), ("Zoë",)),
        ("1\t2\r\n\r\n  3 ,", ("1", "2", "3"), ()),
        ("anna", ("1", "4"), ()),
        ('"Bert"', ("2",), ()),
        ("99, 98", (), ("99", "98")),
        (" ;,\n", (), ()),
    ],
)
def test_a_pasted_list_is_understood(text: str, known: tuple[str, ...], unknown: tuple[str, ...]) -> None:
    found = ChoiceBook(AGENTS).read(text)
    assert (found.known, found.unknown) == (known, unknown)


def test_no_key_is_unknown_before_the_list_is_here() -> None:
    book = ChoiceBook()
    book.set_chosen(["7", 8])
    assert book.unknown() == ()
    book.set_choices(AGENTS, is_complete=True)
    assert book.unknown() == ("7", "8")
    assert book.values() == ["7", 8]


def test_search_takes_words_in_any_order() -> None:
    book = ChoiceBook(AGENTS)
    assert [choice.value for choice in book.match("SUPPORT ann")] == ["4"]
    assert [choice.value for choice in book.match("400")] == ["1", "3", "2", "4"]
    assert list(book.match("  ")) == list(book.choices)


# -- the model


def test_the_model_keeps_qts_rules(qtbot: QtBot) -> None:
    book = ChoiceBook(AGENTS)
    book.set_choices(AGENTS, is_complete=True)
    book.set_chosen(["2", "old"])
    model = ChoicesModel(book)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    for text in ("a", "an", "zzz", "", "old"):
        model.set_filter(text)
    model.set_filter("")
    for row in range(model.rowCount()):
        model.press(row)
        model.press(row)
    model.choose_shown()
    model.invert_shown()
    model.add_keys(("new",))
    model.drop_shown()
    assert book.chosen == ()
    tester.deleteLater()


def test_a_heading_turns_what_is_below_it() -> None:
    model = ChoicesModel(ChoiceBook(AGENTS))
    entry = model.entry(0)
    assert isinstance(entry, Heading)
    assert entry.title == "Sales"
    model.press(1)
    assert model.state(entry) is Qt.CheckState.PartiallyChecked
    model.press(0)
    assert model.book.chosen == ("1", "3")
    model.press(0)
    assert model.book.chosen == ()


def test_what_is_spoken_says_all() -> None:
    book = ChoiceBook()
    book.set_chosen(["old"])
    book.set_choices(AGENTS, is_complete=True)
    model = ChoicesModel(book)
    role = Qt.ItemDataRole.AccessibleTextRole
    assert isinstance(model.entry(0), Stray)
    spoken = [str(model.index(row, 0).data(role)) for row in range(3)]
    assert spoken == ["old, not in the list, chosen", "Sales, heading, 2 entries", "Anna, 4001, not chosen"]


# -- the field and its panel


def test_keys_alone_choose(editor: ChoicesEditor, qtbot: QtBot) -> None:
    editor.button.setFocus()
    qtbot.keyClick(editor.button, Qt.Key.Key_Return)
    panel = editor.panel
    assert panel is not None
    assert panel.isVisible()
    with qtbot.waitSignal(editor.changed):
        qtbot.keyClicks(panel.search, "bert")
        qtbot.keyClick(panel.search, Qt.Key.Key_Return)
    assert editor.value() == ["2"]
    qtbot.keyClick(panel.search, Qt.Key.Key_Escape)
    assert panel.search.text() == ""
    qtbot.keyClick(panel.search, Qt.Key.Key_Down)
    qtbot.keyClick(panel.list, Qt.Key.Key_End)
    qtbot.keyClick(panel.list, Qt.Key.Key_Space)
    assert editor.value() == ["2", "4"]
    qtbot.keyClick(panel.list, Qt.Key.Key_X)
    assert panel.search.text() == "x"
    qtbot.keyClick(panel.search, Qt.Key.Key_Escape)
    qtbot.keyClick(panel.search, Qt.Key.Key_Escape)
    assert not panel.isVisible()


def test_all_none_and_invert_mean_what_is_shown(editor: ChoicesEditor) -> None:
    panel = opened(editor)
    panel.search.setText("sales")
    assert labels(panel) == ["Sales", "Anna", "Doe, John"]
    panel.all_button.click()
    assert editor.value() == ["1", "3"]
    panel.search.setText("anna")
    panel.invert_button.click()
    assert editor.value() == ["3", "4"]
    panel.search.clear()
    panel.none_button.click()
    assert editor.value() is UNSET


def test_a_list_is_pasted_and_what_is_not_known_is_kept(editor: ChoicesEditor) -> None:
    panel = opened(editor)
    panel.paste_button.click()
    assert not panel.add_button.isEnabled()
    panel.paste_box.setPlainText("Bert, 4001\nnobody")
    assert panel.outcome.text() == "2 found in the list; not in the list, kept as typed: nobody."
    panel.add_button.click()
    assert editor.value() == ["2", "1", "nobody"]
    assert labels(panel)[0] == "nobody"
    assert "nobody" in editor.status.text
    panel.paste_button.click()
    panel.paste_box.setPlainText("3")
    panel.replace_button.click()
    assert editor.value() == ["3"]


def test_the_field_says_what_is_chosen(editor: ChoicesEditor) -> None:
    assert editor.button.names() == "Nothing chosen"
    editor.set_value(["2", "gone", "3"])
    assert (editor.button.names(), editor.button.count()) == ("Bert, gone, Doe, John", "2 of 4")
    assert editor.status.text == "Not in the list, kept: gone."
    assert editor.button.accessibleName() == "Agents: Bert, gone, Doe, John 2 of 4"
    editor.set_value(["1", "2", "3", "4"])
    assert (editor.button.names(), editor.button.count()) == ("All", "4 of 4")


def test_a_key_can_be_typed_while_the_list_is_not_here(editor: ChoicesEditor) -> None:
    editor.set_choices((), is_complete=False)
    editor.show_list_state(ListState(ListPhase.FAILED, ("The server is away.",)))
    panel = opened(editor)
    assert "The server is away." in panel.status.text
    panel.search.setText("4711")
    assert not panel.use_typed.isHidden()
    panel.use_typed.click()
    assert editor.value() == ["4711"]
    assert "Not in the list" not in editor.status.text
    editor.set_choices(AGENTS, is_complete=True)
    editor.show_list_state(ListState())
    assert editor.status.text == "Not in the list, kept: 4711."


def test_one_choice_closes_and_can_be_taken_back(qtbot: QtBot, theme: Theme) -> None:
    editor = ChoicesEditor(theme, Param("agent", ParamKind.CHOICE, "Agent"), AGENTS)
    qtbot.addWidget(editor)
    editor.show()
    for _ in range(2):
        panel = opened(editor)
        panel.search.setText("bert")
        panel._on_enter()
        assert not panel.isVisible()
        if editor.value() is not UNSET:
            assert editor.value() == "2"
            assert editor.button.names() == "Bert"
    assert editor.value() is UNSET
    assert complaints(editor) == []


def test_the_panel_is_named_plain_and_whole(editor: ChoicesEditor, qtbot: QtBot) -> None:
    editor.set_value(["1", "gone"])
    panel = opened(editor)
    qtbot.waitExposed(panel)
    assert complaints(panel) == []
    assert clipped(panel) == []
    panel.paste_button.click()
    assert clipped(panel) == []


def test_ten_thousand_are_shown_by_what_is_on_screen_alone(qtbot: QtBot, theme: Theme) -> None:
    many = tuple(Choice(f"id{n}", f"Agent {n}", f"Team {n % 40}") for n in range(10_000))
    editor = ChoicesEditor(theme, Param("agents", ParamKind.MULTI_CHOICE, "Agents"), many)
    qtbot.addWidget(editor)
    editor.show()
    panel = opened(editor)
    asked = []
    spoken = panel.model.entry

    def entry(row: int) -> object:
        asked.append(row)
        return spoken(row)

    panel.model.entry = entry  # type: ignore[method-assign, assignment]
    panel.search.setText("agent 99")
    panel.list.viewport().grab()
    assert 0 < len(asked) < 100
    panel.search.clear()
    panel.all_button.click()
    assert editor.button.count() == "10\u202f000 of 10\u202f000"
    assert editor.value() == [choice.value for choice in editor.book.choices]


def test_names_are_shown_to_the_letter(qtbot: QtBot, theme: Theme) -> None:
    odd = (Choice("<b>x</b>", "R&D <i>\u202eevil", "A&B"),)
    editor = ChoicesEditor(theme, Param("q", ParamKind.MULTI_CHOICE, "Queue & co"), odd)
    qtbot.addWidget(editor)
    editor.name_parts("Queue & co")
    editor.show()
    editor.set_value(["<b>x</b>"])
    panel = opened(editor)
    assert "\u202e" not in labels(panel)[1]
    assert str(panel.model.index(1, 0).data(Qt.ItemDataRole.ToolTipRole)).startswith("<qt>R&amp;D &lt;i&gt;")
    assert complaints(editor) == []
