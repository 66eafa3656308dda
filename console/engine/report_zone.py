"""The zone of this computer by name, for sites that name none."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Final

from console.reports.timeframe import find_zone, offset_zone

_LINK: Final = Path("/etc/localtime")
_MARK: Final = "zoneinfo/"


def computer_zone() -> str:
    """IANA name of this computer's zone; where the system does not tell it, today's offset like ``UTC+02:00``."""
    for name in (os.environ.get("TZ", "").lstrip(":"), _linked()):
        if name and _is_known(name):
            return name
    offset = datetime.now().astimezone().utcoffset()
    return offset_zone(0 if offset is None else round(offset.total_seconds() / 60))


def _linked() -> str:
    try:
        target = os.path.realpath(_LINK)
    except OSError:
        return ""
    return target.partition(_MARK)[2]


def _is_known(name: str) -> bool:
    from console.domain.errors import UserError

    try:
        find_zone(name)
    except UserError:
        return False
    return True
