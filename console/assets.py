"""The one place that knows where fonts, icons and other bundled files live.

There are three layouts: the source tree (``resources/`` and ``icons/`` beside ``console/``), an
installed wheel (``console/_resources`` and ``console/_icons``), and a frozen build (the same two
folders below ``sys._MEIPASS``). Standard library only, no Qt: the callers turn paths into fonts and icons.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

Tree = Literal["resources", "icons"]

_PACKAGE: Final = Path(__file__).resolve().parent


class MissingAssetError(FileNotFoundError):
    """A file that belongs to the program is not there; the text names it and where it was looked for."""


def asset_path(tree: Tree, *parts: str) -> Path:
    """Return the absolute path of a bundled file or folder, ``asset_path("icons", "bell.svg")``.

    Without ``parts`` it is the tree's own folder. Raises MissingAssetError when it is in none of the layouts.
    """
    tried = []
    for root in _roots(tree):
        path = root.joinpath(*parts)
        if path.exists():
            return path
        tried.append(str(path))
    wanted = "/".join((tree, *parts))
    raise MissingAssetError(
        f"{wanted} is missing from this installation; it was looked for at {', '.join(tried)}. "
        "Install the program again."
    )


def icon_path(name: str) -> Path:
    """Return the SVG file of the icon called ``name`` (no suffix); MissingAssetError when there is none."""
    return asset_path("icons", f"{name}.svg")


def font_paths() -> tuple[Path, ...]:
    """Return the font files of the bundled family, sorted by name; MissingAssetError when there is none."""
    folder = asset_path("resources", "fonts")
    fonts = tuple(sorted(folder.glob("*.otf")))
    if not fonts:
        raise MissingAssetError(f"No font file is in {folder}. Install the program again.")
    return fonts


def _roots(tree: Tree) -> Iterator[Path]:
    frozen = getattr(sys, "_MEIPASS", None)
    if frozen is not None:
        yield Path(frozen, "console", f"_{tree}")
        yield Path(frozen, tree)
    yield _PACKAGE / f"_{tree}"
    # beside an installed package lies site-packages, where a folder "icons" would be somebody else's
    if (_PACKAGE.parent / "pyproject.toml").is_file():
        yield _PACKAGE.parent / tree
