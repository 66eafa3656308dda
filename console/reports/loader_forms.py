"""Definitions from and to plain data: one place that knows how each field is written."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from console.domain.values import Origin
from console.reports.columns import Column, ColumnKind
from console.reports.schema import Choice, Condition, Format, Json, Param, ParamKind, ReportDefinition
from console.reports.validate_rules import rule_fault

UNKNOWN = "@unknown"
"""Key of `wire` under which keys that this version does not know survive until they are written again."""

Place = tuple[str | int, ...]
Kind = TypeVar("Kind", bound=StrEnum)
Made = TypeVar("Made")

_ID = re.compile(r"[a-z0-9_]+")
_REPORT_ID = re.compile(r"[A-Za-z0-9_.-]{1,80}")


class DefinitionFault(Exception):
    """What is wrong, and at which path."""

    def __init__(self, path: Place, what: str) -> None:
        super().__init__(what)
        self.path = path
        self.what = what


class _Reader:
    """Takes the known keys out of a table, each checked, and tells what is left."""

    def __init__(self, data: Any, path: Place) -> None:
        if not isinstance(data, dict):
            raise DefinitionFault(path, "this must be a table")
        self._data: dict[str, Any] = data
        self._path = path
        self._read: set[str] = set()

    def fault(self, key: str, what: str) -> DefinitionFault:
        return DefinitionFault((*self._path, key), what)

    def get(self, key: str, default: Any = None) -> Any:
        self._read.add(key)
        return self._data.get(key, default)

    def text(self, key: str, *, needed: bool = False) -> str:
        value = self.get(key, "")
        if not isinstance(value, str):
            raise self.fault(key, f"{key} must be text")
        if needed and not value.strip():
            raise self.fault(key, f"{key} is needed")
        return value

    def flag(self, key: str, default: bool = False) -> bool:
        value = self.get(key, default)
        if not isinstance(value, bool):
            raise self.fault(key, f"{key} must be true or false")
        return value

    def number(self, key: str) -> float | None:
        value = self.get(key)
        if value is None or (isinstance(value, (int, float)) and not isinstance(value, bool)):
            return value
        raise self.fault(key, f"{key} must be a number")

    def word(self, key: str, kind: type[Kind], default: Kind | None) -> Kind:
        return _word(self.get(key, default), kind, (*self._path, key))

    def many(self, key: str, read: Callable[[Any, Place], Made]) -> tuple[Made, ...]:
        value = self.get(key, [])
        if not isinstance(value, list):
            raise self.fault(key, f"{key} must be a list")
        return tuple(read(item, (*self._path, key, index)) for index, item in enumerate(value))

    def wire(self) -> dict[str, Json]:
        value = self.get("wire", {})
        if not isinstance(value, dict):
            raise self.fault("wire", "wire must be a table")
        return dict(value)

    def rest(self, left_out: list[str] | None) -> dict[str, Any]:
        """What nobody asked for; an error when `left_out` is None."""
        left = {key: value for key, value in self._data.items() if key not in self._read}
        if left_out is None and left:
            key = next(iter(left))
            raise self.fault(key, f"the key {key} is not known; known are {', '.join(sorted(self._read))}")
        return left

    def drop_rest(self, left_out: list[str] | None) -> None:
        """Note what nobody asked for and cannot be kept here."""
        for key in self.rest(left_out):
            if left_out is not None:
                left_out.append("/" + "/".join(str(part) for part in (*self._path, key)))


def build(data: dict[str, Any], left_out: list[str] | None = None) -> ReportDefinition:
    """A definition from plain data.

    Args:
        left_out: None: unknown keys are faults. A list: those of reports and parameters are kept in `wire` under
            `UNKNOWN`, the JSON pointers of those elsewhere are appended to it.

    Raises:
        DefinitionFault: something is wrong.
    """
    reader = _Reader(data, ())
    report_id = reader.text("id", needed=True)
    if not _REPORT_ID.fullmatch(report_id):
        raise reader.fault("id", "id takes letters, digits, point, dash and underscore, at most 80")
    values: dict[str, Any] = {
        name: reader.text(name, needed=name in ("backend", "title"))
        for name in ("backend", "title", "category", "summary", "needs", "source")
    }
    for name in ("free_format", "inferred", "is_custom"):
        values[name] = reader.flag(name)
    params = reader.many("params", lambda item, path: _param(item, path, left_out))
    columns = reader.many("columns", lambda item, path: _column(item, path, left_out))
    _unique([param.id for param in params], "params")
    _unique([column.id for column in columns], "columns")
    formats = reader.many("formats", lambda item, path: _word(item, Format, path)) or (Format.TABLE,)
    rules = reader.many("rules", lambda item, path: _rule(item, path, params))
    _linked(params)
    wire = reader.wire()
    _keep(wire, reader.rest(left_out))
    return ReportDefinition(
        report_id, params=params, columns=columns, rules=rules, formats=formats, wire=wire, **values
    )


def dump(definition: ReportDefinition) -> dict[str, Json]:
    """Plain data that `build` makes an equal definition of."""
    data = _fields(definition)
    data["params"] = [_fields(param) for param in definition.params]
    data["columns"] = [_fields(column) for column in definition.columns]
    return {key: value for key, value in data.items() if value != []}


def _param(data: Any, path: Place, left_out: list[str] | None) -> Param:
    reader = _Reader(data, path)
    param_id = reader.text("id", needed=True)
    if not _ID.fullmatch(param_id):
        raise reader.fault("id", "id takes small letters, digits and underscore")
    values: dict[str, Any] = {
        name: reader.text(name) for name in ("directory", "depends_on", "pattern", "placeholder", "help", "unit")
    }
    try:
        re.compile(values["pattern"])
    except re.error as error:
        raise reader.fault("pattern", f"pattern is no regular expression: {error}") from None
    minimum, maximum = reader.number("minimum"), reader.number("maximum")
    if minimum is not None and maximum is not None and maximum < minimum:
        raise reader.fault("maximum", "maximum is below minimum")
    condition = reader.get("visible_if")
    values |= {
        "kind": reader.word("kind", ParamKind, None),
        "label": reader.text("label") if "label" in data else param_id.replace("_", " ").capitalize(),
        "required": reader.flag("required"),
        "default": reader.get("default"),
        "choices": reader.many("choices", lambda item, place: _choice(item, place, left_out)),
        "visible_if": None if condition is None else _condition(condition, (*path, "visible_if")),
        "inferred": reader.flag("inferred"),
        "editable": reader.flag("editable", True),
    }
    wire = reader.wire()
    _keep(wire, reader.rest(left_out))
    return Param(param_id, minimum=minimum, maximum=maximum, wire=wire, **values)


def _choice(data: Any, path: Place, left_out: list[str] | None) -> Choice:
    """A choice: a table, or just its value, which is then its label too."""
    if isinstance(data, str):
        return Choice(data, data)
    reader = _Reader(data, path)
    value = reader.text("value")
    made = Choice(value, reader.text("label") if "label" in data else value, reader.text("group"), reader.text("note"))
    reader.drop_rest(left_out)
    return made


def _condition(data: Any, path: Place) -> Condition:
    reader = _Reader(data, path)
    param = reader.text("param", needed=True)
    values = reader.many("values", _text)
    if one := reader.text("is"):
        values = (*values, one)
    reader.drop_rest(None)
    return Condition(param, values)


def _column(data: Any, path: Place, left_out: list[str] | None) -> Column:
    """A column: a table, or just its title."""
    if isinstance(data, str):
        data = {"title": data}
    reader = _Reader(data, path)
    title = reader.text("title", needed=left_out is None)
    column = Column(
        reader.text("id") or re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_") or "column",
        title,
        kind=reader.word("kind", ColumnKind, ColumnKind.TEXT),
        unit=reader.text("unit"),
        origin=reader.word("origin", Origin, Origin.VENDOR),
        help=reader.text("help"),
        vendor_format=reader.text("vendor_format"),
        has_text=reader.flag("has_text"),
    )
    reader.drop_rest(left_out)
    return column


def _rule(data: Any, path: Place, params: tuple[Param, ...]) -> str:
    text = _text(data, path)
    if fault := rule_fault(text, {param.id for param in params}):
        raise DefinitionFault(path, fault)
    return text


def _text(data: Any, path: Place) -> str:
    if not isinstance(data, str):
        raise DefinitionFault(path, "this must be text")
    return data


def _word(value: Any, kind: type[Kind], path: Place) -> Kind:
    try:
        return kind(value)
    except ValueError:
        known = ", ".join(item.value for item in kind)
        raise DefinitionFault(path, f"{path[-1]} must be one of {known}") from None


def _unique(ids: list[str], field: str) -> None:
    for index, item in enumerate(ids):
        if item in ids[:index]:
            raise DefinitionFault((field, index, "id"), f"the id {item} is used twice")


def _linked(params: tuple[Param, ...]) -> None:
    """Every parameter that another refers to exists."""
    known = {param.id for param in params}
    for index, param in enumerate(params):
        if param.depends_on and param.depends_on not in known:
            raise DefinitionFault(("params", index, "depends_on"), f"there is no parameter {param.depends_on}")
        if param.visible_if and param.visible_if.param not in known - {param.id}:
            place = ("params", index, "visible_if", "param")
            raise DefinitionFault(place, f"there is no other parameter {param.visible_if.param}")


def _keep(wire: dict[str, Json], rest: Mapping[str, Json]) -> None:
    if rest:
        wire[UNKNOWN] = dict(rest)


def _fields(item: Any) -> dict[str, Any]:
    """The fields of a dataclass that differ from their defaults, as plain data, unknown keys put back."""
    data: dict[str, Any] = {}
    rest: Any = {}
    for field in dataclasses.fields(item):
        value = getattr(item, field.name)
        default = field.default_factory() if callable(field.default_factory) else field.default
        if field.name == "wire":
            rest = value.get(UNKNOWN, {})
            value = {key: kept for key, kept in value.items() if key != UNKNOWN}
        if value != default:
            data[field.name] = _plain(value)
    return {**(rest if isinstance(rest, dict) else {}), **data}


def _plain(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    if dataclasses.is_dataclass(value):
        return _fields(value)
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
