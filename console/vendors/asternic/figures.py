"""Numbers as this wire writes them: nearly always strings, in ASCII, and only in a few grammars.

Seconds come as ``17``, averages as ``0`` or ``00:03:31``, rates as ``3.17`` or ``3.17 %``. What fits no grammar
is unknown with a reason, never a guess: ``1,234`` may be a thousand or one and a bit, and ``int()`` would even
take digits of other scripts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from console.domain.text import safe_text

MAX_COUNT = 10**9
MAX_SECONDS = 366 * 86_400
_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,9})?")
_PERCENT = re.compile(r"(-?[0-9]{1,15}(?:\.[0-9]{1,9})?) ?%")
_CLOCK = re.compile(r"(?:([0-9]{1,4}):)?([0-9]{1,4}):([0-5][0-9])")
_EPOCH = re.compile(r"[1-4][0-9]{9}")  # from 2001 on; smaller numbers may mean anything
_MINUTES_AGO = re.compile(r"([0-9]{1,6}) ?min\.? ago", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, or the reason why there is none.

    Attributes:
        problem: why `value` is None, for people.
        is_void: the server says that there is no value (``n/a``), as opposed to something unreadable.
    """

    value: float | None
    problem: str = ""
    is_void: bool = False


def count(raw: object) -> Figure:
    """A count of calls or people: a whole number, never negative."""
    figure = _number(raw)
    if figure.value is None:
        return figure
    if figure.value < 0:
        return Figure(None, f"the system says {figure.value:g}, which cannot be")
    if figure.value != int(figure.value) or figure.value > MAX_COUNT:
        return Figure(None, f"the system says {figure.value:g}, which is no count")
    return Figure(int(figure.value))


def percent(raw: object) -> Figure:
    """A rate from 0 to 100, with or without its sign."""
    match = _PERCENT.fullmatch(raw.strip(" ")) if isinstance(raw, str) else None
    figure = Figure(float(match.group(1))) if match else _number(raw)
    if figure.value is not None and not 0 <= figure.value <= 100:
        return Figure(None, f"the system says {figure.value:g} %, which cannot be")
    return figure


def seconds(raw: object) -> Figure:
    """A duration in seconds, from seconds, ``M:SS`` or ``H:MM:SS``; never negative."""
    match = _CLOCK.fullmatch(raw.strip(" ")) if isinstance(raw, str) else None
    if match:
        hours, minutes, secs = match.group(1), int(match.group(2)), int(match.group(3))
        if hours is not None and (minutes > 59 or len(match.group(2)) != 2):
            return Figure(None, f"{shown(raw)} is no duration")
        value = float(int(hours or 0) * 3600 + minutes * 60 + secs)
    else:
        figure = _number(raw)
        if figure.value is None:
            return figure
        value = figure.value
    if not 0 <= value <= MAX_SECONDS:
        return Figure(None, f"the system says {value:g} s, which cannot be")
    return Figure(value)


def minutes_ago(raw: object) -> float | None:
    """``17 min. ago`` in seconds, as the product's screens write the time of the last call; else None."""
    match = _MINUTES_AGO.fullmatch(raw.strip(" ")) if isinstance(raw, str) else None
    return int(match.group(1)) * 60.0 if match else None


def epoch_ms(raw: object) -> float | None:
    """An instant in seconds since 1970, as phone systems keep the end of a last call, in milliseconds; else None."""
    text = str(raw).strip(" ") if isinstance(raw, (str, int)) and not isinstance(raw, bool) else ""
    return int(text) * 1000.0 if _EPOCH.fullmatch(text) else None


def shown(raw: object) -> str:
    """A foreign value in a sentence."""
    return f'"{safe_text(str(raw)[:200], 40)}"'


def _number(raw: object) -> Figure:
    if isinstance(raw, (bool, dict, list)):
        return Figure(None, "the system sends something that is no number")
    if isinstance(raw, (int, float)):
        if raw == raw and abs(raw) < 1e15:
            return Figure(float(raw))
        return Figure(None, "the system sends a number that cannot be")
    if raw is None:
        return Figure(None, "the system sends no figure")
    text = str(raw).strip(" ")
    if _NUMBER.fullmatch(text):
        return Figure(float(text))
    if text.casefold() in ("n/a", "na"):
        return Figure(None, "the system says that there is none", is_void=True)
    if text in ("", "-", "--"):
        return Figure(None, "the system sends no figure")
    return Figure(None, f"{shown(raw)} is no number")
