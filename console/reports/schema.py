"""The vocabulary of a report: what it asks for, what it gives, all as data.

Forms, validation, requests, snippets, the command line and tests derive from a `ReportDefinition`; a vendor folder
provides definitions and the private `wire` mappings that its own runner reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from console.reports.columns import Column

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
Values: TypeAlias = Mapping[str, Json]
"""What a form holds: parameter id -> plain JSON value of the form its kind names. An absent key means "not set"."""

MADE_UP_TITLE = "made_up_title"
"""Key in a definition's `wire`: the title it was given for want of one. While it has it, the first result names it."""


class ParamKind(StrEnum):
    """How a parameter is asked for, and the JSON form of its value."""

    TEXT = "text"  # "..."
    INTEGER = "integer"  # 12
    NUMBER = "number"  # 1.5
    BOOLEAN = "boolean"  # true
    CHOICE = "choice"  # the value of one choice
    MULTI_CHOICE = "multi_choice"  # ["value", ...]
    DURATION = "duration"  # seconds, a number
    DURATION_RANGE = "duration_range"  # {"min": seconds or null, "max": seconds or null}
    TIME_OF_DAY = "time_of_day"  # "08:30:00"
    DATE = "date"  # "2026-11-22"
    TIMEFRAME = "timeframe"  # console.reports.timeframe.Timeframe.to_json()
    PERIOD = "period"  # console.reports.timeframe.Period.to_json(): a day, month or year that fixes the row size
    INTERVAL = "interval"  # {"length": 1, "unit": "DAYS"}
    RAW_JSON = "raw_json"  # any JSON value, kept verbatim


class Format(StrEnum):
    """What a report is asked for as. `TABLE` is whatever the console reads best from that system (JSON, or CSV)."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    PDF = "pdf"
    HTML = "html"
    XLS = "xls"
    XLSX = "xlsx"
    ODT = "odt"


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be chosen: the wire's value, the word for it, the heading it stands under."""

    value: str
    label: str
    group: str = ""
    note: str = ""  # shown dimmed behind the label, such as an extension number


@dataclass(frozen=True, slots=True)
class Condition:
    """Holds when the parameter `param` has one of `values` (as text; empty tuple: any value at all)."""

    param: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter of a report.

    Attributes:
        id: key in `Values` and on the command line (``--set id=value``); ``[a-z0-9_]+``.
        label: the vendor's own label where there is one.
        default: initial value, in the JSON form of the kind.
        choices: literal choices, before those of the directory.
        directory: name of a list the system offers (``queues``, ``agents``, ``queue_agents`` ...), asked of the runner.
        depends_on: the parameter whose value narrows the directory (agents of the chosen queue).
        visible_if: shown and sent only while it holds.
        minimum, maximum: for numbers and durations.
        pattern: regular expression the whole text must match.
        inferred: the wire fact behind it is inferred, not documented; marked on screen.
        editable: false: shown, sent as it is, not changed.
        wire: the vendor's private facts about it (names, types, extra fields); unknown extra fields survive here.
    """

    id: str
    kind: ParamKind
    label: str
    required: bool = False
    default: Json = None
    choices: tuple[Choice, ...] = ()
    directory: str = ""
    depends_on: str = ""
    visible_if: Condition | None = None
    minimum: float | None = None
    maximum: float | None = None
    pattern: str = ""
    placeholder: str = ""
    help: str = ""
    unit: str = ""
    inferred: bool = False
    editable: bool = True
    wire: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReportDefinition:
    """One report of one backend.

    Attributes:
        id: unique within the backend; on the command line a report is named by id or title.
        category: heading in the list.
        summary: one or two sentences of ours: what it answers.
        columns: what is known of its output; a reply may bring more or fewer.
        rules: names of cross-field rules, see `console.reports.validate` (``max_days:31``).
        formats: what can be asked for; the first is the default.
        free_format: whether any other format word may be sent.
        needs: what the system must have for it (licence, firmware, call rates), in words; empty when nothing special.
        source: vendor page the facts are from.
        inferred: its existence or name is inferred; marked on screen.
        is_custom: imported by the user, kept in the user's own library.
        wire: the vendor's private facts (type, key, list key, endpoint).
    """

    id: str
    backend: str
    title: str
    category: str = ""
    summary: str = ""
    params: tuple[Param, ...] = ()
    columns: tuple[Column, ...] = ()
    rules: tuple[str, ...] = ()
    formats: tuple[Format, ...] = (Format.TABLE,)
    free_format: bool = False
    needs: str = ""
    source: str = ""
    inferred: bool = False
    is_custom: bool = False
    wire: Mapping[str, Json] = field(default_factory=dict)

    def param(self, param_id: str) -> Param | None:
        """The parameter of that id."""
        return next((p for p in self.params if p.id == param_id), None)
