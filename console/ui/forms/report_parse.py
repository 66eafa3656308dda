"""What people type for durations, times, days and numbers, as values; None where it is none."""

from __future__ import annotations

import json
import math
import re
from datetime import date, datetime, time

from PySide6.QtCore import QDate, QLocale, QTime

from console.reports.schema import Json
from console.ui.text import tr

_CLOCK = re.compile(r"(?:(\d{1,6}):)?(\d{1,9}):(\d{1,2}(?:\.\d{1,6})?)")
_UNITS = re.compile(
    r"(?:(\d+)\s*d)?\s*(?:(\d+)\s*h)?\s*(?:(\d+)\s*m(?:in)?)?\s*(?:(\d+(?:\.\d+)?)\s*s)?", re.IGNORECASE
)
_SECONDS = re.compile(r"\d{1,12}(?:\.\d{1,6})?")
_TIME = re.compile(r"(\d{1,2})[:.h]?(\d{2})(?:[:.](\d{2}))?\s*([ap]\.?m\.?)?", re.IGNORECASE)
_HOUR = re.compile(r"(\d{1,2})\s*([ap]\.?m\.?|h)?", re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)


def parse_integer(text: str) -> int | None:
    """A whole number."""
    return int(text) if re.fullmatch(r"[+-]?\d{1,400}", text.strip()) else None


def parse_number(text: str) -> int | float | None:
    """A finite number; the decimal sign may be a point or, where nothing else it can be, a comma."""
    text = text.strip()
    if text.count(",") == 1 and "." not in text and QLocale().decimalPoint() == ",":
        text = text.replace(",", ".")
    if not _NUMBER.fullmatch(text):
        return None
    if (whole := parse_integer(text)) is not None:
        return whole
    number = float(text)
    return number if math.isfinite(number) else None


def parse_duration(text: str) -> int | float | None:
    """Seconds of ``h:mm:ss``, ``m:ss``, ``90``, ``1h 30m``, ``45 s``."""
    text = text.strip().replace(",", ".")
    if _SECONDS.fullmatch(text):
        return _tidy(float(text)) if "." in text else int(text)
    if match := _CLOCK.fullmatch(text):
        hours, minutes, seconds = match.groups()
        if float(seconds) >= 60 or (hours and int(minutes) >= 60):
            return None
        return _tidy(int(hours or 0) * 3600 + int(minutes) * 60 + float(seconds))
    if text and (match := _UNITS.fullmatch(text)):
        days, hours, minutes, seconds = (float(part or 0) for part in match.groups())
        return _tidy(days * 86400 + hours * 3600 + minutes * 60 + seconds)
    return None


def show_duration(seconds: float) -> str:
    """``h:mm:ss`` and the fraction of a second there is; what is negative or endless is written as it is."""
    if seconds < 0 or not math.isfinite(seconds):
        return str(seconds)
    whole = int(seconds)
    text = f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"
    fraction = seconds - whole
    return text if not fraction else text + f"{fraction:.6f}".rstrip("0")[1:]


def parse_time(text: str) -> str | None:
    """``HH:MM:SS`` of ``8:30``, ``0830``, ``8:30:15``, ``8 pm`` or the locale's own way."""
    text = text.strip()
    if match := _TIME.fullmatch(text):
        hour, minute, second, half = match.groups()
    elif match := _HOUR.fullmatch(text):
        hour, minute, second, half = match[1], "0", "0", match[2]
    else:
        for form in (QLocale.FormatType.ShortFormat, QLocale.FormatType.LongFormat):
            found = QLocale().toTime(text, form)
            if found.isValid():
                return found.toString("HH:mm:ss")
        return None
    if half and half.lower().startswith(("a", "p")):
        if not 1 <= int(hour) <= 12:
            return None
        hour = str(int(hour) % 12 + (12 if half.lower().startswith("p") else 0))
    clock = QTime(int(hour), int(minute), int(second or 0))
    return clock.toString("HH:mm:ss") if clock.isValid() else None


def parse_date(text: str) -> str | None:
    """``YYYY-MM-DD`` of an ISO date or the locale's own way."""
    text = text.strip()
    if re.fullmatch(r"\d{4}-\d{1,2}-\d{1,2}", text):
        year, month, day = map(int, text.split("-"))
        try:
            return date(year, month, day).isoformat()
        except ValueError:
            return None
    locale = QLocale()
    short = locale.dateFormat(QLocale.FormatType.ShortFormat)
    two = short.replace("yyyy", "yy")
    for form in (short, two.replace("yy", "yyyy"), two, locale.dateFormat(QLocale.FormatType.LongFormat), "d MMM yyyy"):
        found = locale.toDate(text, form, 2000)
        if found.isValid() and 1970 <= found.year() <= 9999:
            return str(found.toString("yyyy-MM-dd"))
    return None


def parse_moment(text: str, *, end_of_day: bool) -> datetime | None:
    """A day and time of the wall clock; a day alone is its first or last second."""
    text = re.sub(r"(?<=\d)T(?=\d)", " ", text.strip())
    day, clock = parse_date(text), "23:59:59" if end_of_day else "00:00:00"
    for at in (gap.start() for gap in re.finditer(r"\s+", text)) if day is None else ():
        found, hour = parse_date(text[:at]), parse_time(text[at:])
        if found is not None and hour is not None:
            day, clock = found, hour
            break
    return None if day is None else datetime.combine(date.fromisoformat(day), time.fromisoformat(clock))


def day_words(iso: str) -> str:
    """A day in the locale's words with its weekday."""
    day = QDate.fromString(iso, "yyyy-MM-dd")
    return QLocale().toString(day, "ddd d MMM yyyy") if day.isValid() else ""


def parse_json(text: str) -> tuple[Json, str]:
    """The value, and what is wrong with the text (then the value is the text)."""
    try:
        return json.loads(text, parse_constant=_refuse), ""
    except json.JSONDecodeError as error:
        where = tr("line {line}, column {column}", line=error.lineno, column=error.colno)
        return text, tr("This is not JSON: {why} in {where}.", why=error.msg.rstrip(".").lower(), where=where)
    except ValueError as error:
        return text, tr("This is not JSON: {why}.", why=str(error))
    except RecursionError:
        return text, tr("This JSON is nested too deeply.")


def same_json(one: Json, other: Json) -> bool:
    """Whether two values are the same to the letter: 1, 1.0 and true are three."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def _refuse(word: str) -> Json:
    raise ValueError(tr("{word} is no JSON value", word=word))


def _tidy(seconds: float) -> int | float:
    return int(seconds) if seconds == int(seconds) else round(seconds, 6)
