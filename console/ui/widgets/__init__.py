"""Plain-text widgets: foreign words never become markup, mnemonics or a tooltip's HTML."""

from __future__ import annotations

from console.ui.widgets.buttons import FilterChip, IconButton, RemovableChip, add_action, push_button
from console.ui.widgets.fields import ListBox, SearchField, code_box
from console.ui.widgets.flow import FlowLayout, flow_row
from console.ui.widgets.labels import Chip, DemoMark, ElidedLabel, Label, line, set_tip
from console.ui.widgets.panels import EmptyState, MessageStrip, Tone

__all__ = [
    "Chip",
    "DemoMark",
    "ElidedLabel",
    "EmptyState",
    "FilterChip",
    "FlowLayout",
    "IconButton",
    "Label",
    "ListBox",
    "MessageStrip",
    "RemovableChip",
    "SearchField",
    "Tone",
    "add_action",
    "code_box",
    "flow_row",
    "line",
    "push_button",
    "set_tip",
]
