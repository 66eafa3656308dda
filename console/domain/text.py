"""Readings as text: the one function behind every look, the spoken one included."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from console.domain.values import Reading, Status, Unit

DISPLAY_LIMIT = 128  # characters of foreign text in a cell; the rest is cut with an ellipsis
AT_LEAST = "at least"  # `Reading.text` of a duration the console has not seen begin: the truth may be longer
ENTRY_LIMIT = 4096  # characters of foreign text kept at all

_FSI, _PDI = "⁨", "⁩"
_BIDI = set(range(0x202A, 0x202F)) | set(range(0x2066, 0x206A)) | {0x200E, 0x200F, 0x061C}
_MAX_MARKS = 4  # combining marks on one letter; more is an attack on row heights, not a language


class Look(StrEnum):
    """How a reading must look; the value look includes zero, in normal ink."""

    VALUE = "value"
    WARMING = "warming"
    NOT_APPLICABLE = "not_applicable"
    UNSUPPORTED = "unsupported"
    STALE = "stale"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Shown:
    """A reading as it appears: text, look, spoken text and an optional explanation for a tooltip."""

    text: str
    look: Look
    spoken: str
    tip: str = ""


def safe_text(raw: str, limit: int = DISPLAY_LIMIT) -> str:
    """Foreign text made harmless for one line of plain text.

    Control, bidi-override, zero-width and surrogate characters are dropped, runs of white space folded, piled-up
    combining marks thinned, and the length cut. Right-to-left text is isolated so that it cannot reorder its
    neighbours.
    """
    kept: list[str] = []
    marks = 0
    rtl = False
    for char in raw[: limit * 8]:
        code = ord(char)
        if code < 0x300:
            if code < 32 or 0x7F <= code < 0xA0 or code == 0xAD:
                if char in "\t\n\r\v\f\x85":
                    kept.append(" ")
                continue
            marks = 0
            kept.append(char)
            continue
        category = unicodedata.category(char)
        if category in ("Cc", "Cs", "Co", "Cn") or code in _BIDI or 0xE0000 <= code <= 0xE007F:
            continue
        if category == "Cf" and code != 0x200D:
            continue
        if category in ("Zl", "Zp"):
            char = " "
        if category.startswith("M"):
            marks += 1
            if marks > _MAX_MARKS:
                continue
        else:
            marks = 0
        rtl = rtl or unicodedata.bidirectional(char) in ("R", "AL")
        kept.append(char)
    text = " ".join("".join(kept).split())
    if len(text) > limit:
        text = text[: limit - 1].rstrip() + "…"
    return f"{_FSI}{text}{_PDI}" if rtl else text


def comparable(text: str) -> str:
    """Safe text as it is compared with other text, or looked for in it: without isolation, and in small letters.

    A list that holds one right-to-left name is isolated as a whole, and the name alone likewise.
    """
    return text.replace(_FSI, "").replace(_PDI, "").casefold()


def format_duration(ms: float) -> str:
    """Milliseconds as ``m:ss`` or ``h:mm:ss``; hours grow without limit, fractions are cut, never negative."""
    seconds = max(0, int(ms // 1000))
    hours, rest = divmod(seconds, 3600)
    minutes, secs = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{secs:02d}" if hours else f"{minutes}:{secs:02d}"


def speak_duration(ms: float) -> str:
    """Milliseconds in words, for a screen reader."""
    seconds = max(0, int(ms // 1000))
    hours, rest = divmod(seconds, 3600)
    minutes, secs = divmod(rest, 60)
    parts = [
        f"{amount} {word}{'' if amount == 1 else 's'}"
        for amount, word in ((hours, "hour"), (minutes, "minute"), (secs, "second"))
        if amount
    ]
    return " ".join(parts) or "0 seconds"


def format_number(value: float) -> str:
    """A count: whole numbers without a point, others with at most two decimals; thousands set apart by a thin space."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if float(value).is_integer():
        return f"{int(value):,}".replace(",", "\u202f")
    return f"{value:,.2f}".rstrip("0").rstrip(".").replace(",", "\u202f")


def format_percent(value: float) -> str:
    """0 to 100 with one decimal and the sign set apart: ``81.7 %``."""
    return f"{value:.1f}\u202f%"


def format_value(reading: Reading, server_ms: float) -> str:
    """The text of a reading that has a value, at a moment of the server's clock."""
    value = reading.value_at(server_ms)
    if value is None:
        return ""
    if reading.unit is Unit.TEXT:
        return safe_text(str(value))
    if reading.unit is Unit.FLAG:
        return "yes" if value else "no"
    if not isinstance(value, (int, float)):
        return safe_text(str(value))
    if reading.unit is Unit.MS:
        return format_duration(value)
    return format_percent(value) if reading.unit is Unit.PERCENT else format_number(value)


def format_age(seconds: float) -> str:
    """An age for a label: ``12 s``, ``3 min``, ``2 h``."""
    if seconds < 100:
        return f"{int(seconds)} s"
    return f"{int(seconds // 60)} min" if seconds < 6000 else f"{int(seconds // 3600)} h"


def show(reading: Reading, server_ms: float, stale_age_s: float | None = None) -> Shown:
    """The one place that turns a reading into its look.

    Args:
        reading: the cell.
        server_ms: the server's time to show running durations at; the last fresh moment when stale.
        stale_age_s: age of the source's last good data when that source is stale, else None.
    """
    status = reading.status
    if status is Status.WARMING:
        return Shown("…", Look.WARMING, "warming up", "The server is preparing this value.")
    if status is Status.NOT_APPLICABLE:
        return Shown("n/a", Look.NOT_APPLICABLE, "not applicable", reading.text or "There is no value right now.")
    if status is Status.UNSUPPORTED:
        return Shown(
            "–",
            Look.UNSUPPORTED,
            "not available from this system",
            reading.text or "This system does not report it.",
        )
    if status is Status.ERROR or reading.value is None:
        reason = safe_text(reading.text) or "The server's answer cannot be read."
        return Shown("?", Look.ERROR, f"unreadable: {reason}", reason)
    text = format_value(reading, server_ms)
    value = reading.value_at(server_ms)
    spoken = speak_duration(value) if reading.unit is Unit.MS and isinstance(value, (int, float)) else text
    if reading.text == AT_LEAST:
        text, spoken = f"≥\u202f{text}", f"at least {spoken}"
    if status is Status.STALE or stale_age_s is not None:
        age = "" if stale_age_s is None else format_age(stale_age_s)
        return Shown(
            text,
            Look.STALE,
            f"{spoken}, old, from {age or 'some time'} ago",
            f"Last known value, {age or 'some time'} old.",
        )
    return Shown(text, Look.VALUE, spoken, safe_text(reading.text))
