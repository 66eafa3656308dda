"""Foreign words in widgets stay the characters they are."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QTextDocumentFragment
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QToolTip, QWidget

from console.domain.messages import ENGLISH, Message
from console.domain.thresholds import Level
from console.ui.text import mnemonic_safe, plural, tooltip, tr, translate
from console.ui.theme import DARK, LIGHT, Shape, Theme, level_shape
from console.ui.widgets import (
    Chip,
    ElidedLabel,
    EmptyState,
    FilterChip,
    IconButton,
    Label,
    ListBox,
    MessageStrip,
    SearchField,
    Tone,
    add_action,
    push_button,
    set_tip,
)
from console.ui.widgets.flow import flow_row

HOSTILE = ["<b>VIP</b>", '<img src="//host/share/x">', "R&D", "Sales & Support", "a &amp; b", "&&", "{x}", "%1"]


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    return Theme("dark")


@pytest.mark.parametrize("text", HOSTILE)
def test_labels_show_the_characters(qtbot, theme: Theme, text: str) -> None:
    for label in (Label(theme, text), ElidedLabel(theme, text)):
        qtbot.addWidget(label)
        label.resize(400, 20)
        assert label.textFormat() is Qt.TextFormat.PlainText
        assert label.text() == text


def test_every_label_inside_our_panels_is_plain(qtbot, theme: Theme) -> None:
    strip, empty = MessageStrip(theme), EmptyState(theme)
    for widget in (strip, empty):
        qtbot.addWidget(widget)
    strip.show_message("<b>x</b>", Tone.CAUTION, "act", "R&D")
    empty.show_state("inbox", "<b>x</b>", "<i>y</i>", "act", "R&D")
    texts = [label for widget in (strip, empty) for label in widget.findChildren(QLabel) if label.text()]
    assert len(texts) == 3
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in texts)


@pytest.mark.parametrize("text", HOSTILE)
def test_captions_keep_their_ampersand(qtbot, theme: Theme, text: str) -> None:
    button = push_button(theme, text)
    qtbot.addWidget(button)
    assert button.text() == mnemonic_safe(text)
    assert QKeySequence.mnemonic(button.text()).isEmpty()
    menu = QMenu()
    qtbot.addWidget(menu)
    assert QKeySequence.mnemonic(add_action(menu, text).text()).isEmpty()


@pytest.mark.parametrize("text", HOSTILE)
def test_tooltips_are_escaped(qtbot, text: str) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    set_tip(widget, text)
    assert widget.toolTip() == tooltip(text)
    assert "<b>" not in widget.toolTip()
    assert "<img" not in widget.toolTip()
    assert QTextDocumentFragment.fromHtml(widget.toolTip()).toPlainText() == text
    assert not QToolTip.isVisible()


def test_no_text_is_no_tooltip() -> None:
    assert tooltip("") == ""


def test_elided_label_shortens_and_tells_the_rest(qtbot, theme: Theme) -> None:
    label = ElidedLabel(theme, "Donaudampfschifffahrtsgesellschaft")
    qtbot.addWidget(label)
    label.resize(80, 20)
    label._fit()
    assert label.text().endswith("…")
    assert label.full_text() == "Donaudampfschifffahrtsgesellschaft"
    assert "Donaudampf" in label.toolTip()
    assert label.accessibleName() == label.full_text()
    assert label.minimumSizeHint().width() < 30


def test_icon_buttons_have_a_spoken_name_and_follow_the_theme(qtbot, qapp: QApplication, theme: Theme) -> None:
    button = IconButton(theme, "columns-3", "Columns")
    qtbot.addWidget(button)
    assert button.accessibleName() == "Columns"
    assert "Columns" in button.toolTip()
    before = button.icon().cacheKey()
    theme.set_mode("light")
    assert button.icon().cacheKey() != before


def test_search_field_clears_and_leaves(qtbot, theme: Theme) -> None:
    field = SearchField(theme, "Filter")
    qtbot.addWidget(field)
    qtbot.keyClicks(field, "abc")
    assert field.text() == "abc"
    with qtbot.assertNotEmitted(field.left):
        qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == ""
    with qtbot.waitSignal(field.left, timeout=100):
        qtbot.keyClick(field, Qt.Key.Key_Escape)
    with qtbot.waitSignal(field.left, timeout=100):
        qtbot.keyClick(field, Qt.Key.Key_Down)


def test_filter_chip_speaks_its_count_and_toggles_by_key(qtbot, theme: Theme) -> None:
    chip = FilterChip(theme, Shape.DISC, "Available")
    qtbot.addWidget(chip)
    chip.show_count(7, DARK.available)
    assert chip.accessibleName() == "Available: 7"
    chip.show()
    qtbot.keyClick(chip, Qt.Key.Key_Space)
    assert chip.isChecked()
    assert not chip.grab().isNull()
    assert chip.sizeHint().width() > 60


def test_chip_says_its_word(qtbot, theme: Theme) -> None:
    chip = Chip(theme)
    qtbot.addWidget(chip)
    chip.show_state(level_shape(Level.CAUTION), LIGHT.caution, "stale 48 s")
    assert chip.text() == chip.accessibleName() == "stale 48 s"
    assert not chip.grab().isNull()
    assert chip.minimumSizeHint().width() < chip.sizeHint().width()


def test_panels_offer_their_action(qtbot, theme: Theme) -> None:
    strip, empty = MessageStrip(theme), EmptyState(theme)
    for widget in (strip, empty):
        qtbot.addWidget(widget)
    assert strip.text() == ""
    strip.show_message("Certificate changed.", Tone.CRITICAL, "edit", "Open profile")
    empty.show_state("plug", "No system", "Add one.", "add", "Add connection")
    assert strip.text() == strip.accessibleName() == "Certificate changed."
    assert (empty.title(), empty.line()) == ("No system", "Add one.")
    assert empty.accessibleName() == "No system. Add one."
    for widget, action in ((strip, "edit"), (empty, "add")):
        with qtbot.waitSignal(widget.action_triggered, timeout=100) as heard:
            widget._button.click()
        assert heard.args == [action]
        assert not widget.grab().isNull()
    assert empty._button.focusPolicy() is Qt.FocusPolicy.StrongFocus
    empty.show_state("plug", "No system")
    assert empty._button.focusPolicy() is Qt.FocusPolicy.NoFocus, "nothing to press, nothing to stop at"


def test_a_sentence_does_not_push_away_one_that_nobody_has_read(qtbot, theme: Theme) -> None:
    strip = MessageStrip(theme)
    qtbot.addWidget(strip)
    strip.show_message("A fault.", Tone.CAUTION, "dismiss", "Dismiss")
    for sentence in ("The list is kept elsewhere.", "Another copy records.", "The list is kept elsewhere."):
        strip.show_also([sentence], "dismiss", "Dismiss")
    assert strip.text().splitlines() == ["A fault.", "Another copy records.", "The list is kept elsewhere."]
    strip.show_also(["1", "2", "3"], "dismiss", "Dismiss")
    assert strip.text().splitlines() == ["The list is kept elsewhere.", "1", "2", "3"]
    strip.hide()
    strip.show_also(["New."], "dismiss", "Dismiss")
    assert strip.text() == "New."


def test_flow_row_wraps(qtbot, theme: Theme) -> None:
    row, flow = flow_row(None)
    qtbot.addWidget(row)
    chips = [FilterChip(theme, Shape.DISC, f"Word {number}") for number in range(6)]
    for chip in chips:
        flow.addWidget(chip)
    row.resize(2000, 100)
    assert flow.heightForWidth(2000) < flow.heightForWidth(200)
    assert flow.count() == 6
    assert flow.itemAt(6) is None
    row.resize(200, 400)
    row.show()
    assert len({chip.y() for chip in chips}) > 1
    assert flow.takeAt(5) is not None
    assert flow.takeAt(5) is None


def test_messages_are_translated_with_harmless_arguments() -> None:
    message = Message("profile.exists", {"name": "a\nb‮c"})
    assert translate(message) == "There is already a profile a bc."
    inner = Message("text.plain", {"text": "inner"})
    assert translate(Message("text.plain", {"text": inner})) == "inner"


@pytest.mark.parametrize("code", sorted(ENGLISH))
def test_every_message_has_a_window_text(code: str) -> None:

    names = {part.split("}")[0] for part in ENGLISH[code].split("{")[1:]}
    assert translate(Message(code, {name: name for name in names}))


def test_plurals_and_templates() -> None:
    assert plural("{n} queue", "{n} queues", 1) == "1 queue"
    assert plural("{n} queue", "{n} queues", 12) == "12 queues"
    assert tr("{a} of {b}", a=1, b="{c}") == "1 of {c}"


def test_the_rows_of_a_list_do_not_overlap(qtbot, qapp: QApplication, theme: Theme) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.setStyleSheet("QListView::item { padding: 6px; }")
    box = ListBox(window)
    box.addItems(["one", "two"])
    window.show()
    first, second = (box.visualItemRect(box.item(row)) for row in range(2))
    assert not first.intersects(second)
