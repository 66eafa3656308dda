"""A resolved range as it stands on screen: the words of the file names and the command line, set for reading."""

from __future__ import annotations

import re

from console.reports.timeframe import ResolvedTimeframe, show
from console.ui.text import tr

_UNIT = re.compile(r"(?<=\d) (?=(?:h|min|s)\b)")


def range_text(frame: ResolvedTimeframe, *, names_zone: bool = False) -> str:
    """A range on one line; a number stays beside its unit, and the zone is named where the offset alone is not it."""
    text = _UNIT.sub("\u00a0", show(frame).replace("->", "→"))
    return tr("{range} ({zone})", range=text, zone=frame.zone) if names_zone and frame.zone not in text else text
