"""Make the pictures of the README with the program itself: ``python packaging/screenshots/make.py``.

Runs the demo offscreen for the main window and, with `reports.py`, for a report and its result, and draws the profile
editor with the forms the program has. Needs the program and its libraries; where ImageMagick's ``convert`` is found the
pictures are made small.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
SEED, AFTER_S = "3", "8"  # a floor with something to look at, and not on fire
COLOURS = "192"
REPORTS = (
    ("window", "dark", "1600x900", "reports-dark.png"),
    ("result", "light", "1440x864", "result-light.png"),
)


def main() -> None:
    """Make them all."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    for theme in ("dark", "light"):
        picture = HERE / f"main-{theme}.png"
        command = [
            sys.executable,
            "-m",
            "console",
            "--demo",
            "--seed",
            SEED,
            "--agents",
            "50",
            "--screenshot",
            str(picture),
        ]
        subprocess.run([*command, "--after", AFTER_S, "--size", "1600x900", "--theme", theme], check=True)
    draw_editor(HERE / "editor-dark.png")
    for what, theme, size, name in REPORTS:
        subprocess.run([sys.executable, str(HERE / "reports.py"), what, theme, size, str(HERE / name)], check=True)
    subprocess.run([sys.executable, str(HERE / "memory.py"), str(HERE)], check=True)
    tool = shutil.which("convert")
    for picture in sorted(HERE.glob("*.png")) if tool else ():
        subprocess.run(
            [str(tool), str(picture), "-strip", "+dither", "-colors", COLOURS, f"PNG8:{picture}"], check=True
        )


def draw_editor(picture: Path) -> None:
    """The editor of a new connection, filled in as far as a picture should be."""
    from PySide6.QtWidgets import QApplication, QLineEdit

    from console.ui.theme import Theme
    from console.ui.windows.profile_editor import ProfileEditor
    from console.ui.windows.system_cards import SystemCard
    from console.vendors.registry import backends

    app = QApplication.instance() or QApplication([])
    theme = Theme("dark")
    theme.apply(app)
    editor = ProfileEditor(None, theme, _Systems(tuple(backends().values())))
    next(card for card in editor.findChildren(SystemCard) if card.spec.id == "chronicall").setChecked(True)
    for line in editor.findChildren(QLineEdit):
        if line.placeholderText().startswith("http"):
            line.setText("https://chronicall.example.com:9443")
            line.deselect()
    editor.resize(760, 680)
    editor.show()
    app.sendPostedEvents()
    editor.grab().save(str(picture), "PNG")


class _Systems:
    """A profile service that knows the systems and no profile."""

    all = ()

    def __init__(self, specs: tuple[object, ...]) -> None:
        self._specs = specs

    def specs(self) -> tuple[object, ...]:
        """All systems."""
        return self._specs


if __name__ == "__main__":
    main()
