"""Every report of every vendor in the window's own columns: built, named, not cut off."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QHBoxLayout, QTabWidget, QWidget
from pytestqt.qtbot import QtBot

from console.tasks import TaskScope
from console.ui.forms.report_form import ReportForm
from console.ui.reports.about_tab import AboutTab
from console.ui.reports.form_column import FormColumn
from console.ui.reports.list_rows import Shelf, make_rows
from console.ui.reports.preview_tab import PreviewTab
from console.ui.reports.report_list import ReportList
from console.ui.theme import Theme
from console.vendors.registry import backends
from tests.ui.windows.walk import clipped, complaints

WIDTH, HEIGHT = 1100, 650


@pytest.mark.parametrize("backend", sorted(backends()))
def test_every_definition_of_a_vendor_fits_the_window(backend: str, theme: Theme, qtbot: QtBot) -> None:
    definitions = backends()[backend].reports()
    assert definitions
    whole = QWidget()
    qtbot.addWidget(whole)
    scope = TaskScope("walk")
    listed, column, preview, about = ReportList(theme), FormColumn(theme), PreviewTab(theme, scope), AboutTab(theme)
    tabs = QTabWidget()
    tabs.addTab(preview, "Preview")
    tabs.addTab(about, "About")
    row = QHBoxLayout(whole)
    for part, share in ((listed, 25), (column, 40), (tabs, 45)):
        row.addWidget(part, share)
    whole.resize(WIDTH, HEIGHT)
    whole.show()
    listed.show_shelf(Shelf(definitions))
    assert sum(not r.is_heading for r in make_rows(Shelf(definitions))) == len(definitions)
    found: list[str] = []
    for at, definition in enumerate(definitions):
        form = ReportForm(theme, definition)
        column.show_report(definition, form, "", starred=False)
        preview.show_report(definition)
        about.show_report(definition)
        tabs.setCurrentIndex(at % 2)
        qtbot.wait(1)
        found += [f"{definition.id}: {complaint}" for complaint in (*complaints(whole), *clipped(whole))]
        assert column.format_name() in {*definition.formats}
    assert found == []
