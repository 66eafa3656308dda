"""A PDF from the command line: Qt without a window, for its fonts and its painter."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from console.reports.export import Exported, ExportOptions
from console.reports.result import ReportResult


def write_pdf(result: ReportResult, path: Path, options: ExportOptions) -> Exported:
    """Write a result as PDF; on the main thread. Raises UserError."""
    if sys.platform.startswith("linux"):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"  # a display may be missing, and none is needed
    from PySide6.QtGui import QFontDatabase, QGuiApplication

    from console.assets import font_paths
    from console.ui import pdf

    app = QGuiApplication.instance() or QGuiApplication([])
    ids = [QFontDatabase.addApplicationFont(str(font)) for font in font_paths()]
    families = [family for font in ids for family in QFontDatabase.applicationFontFamilies(font)]
    done = pdf.write_pdf(result, path, options, family=families[0] if families else "")
    assert app is not None  # it lives as long as the painter needs it
    return done
