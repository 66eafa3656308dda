"""A snapshot as the JSON document of `live --json`; the shape is a promise to scripts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from console.domain.columns import standard
from console.domain.enums import HealthState, Section
from console.domain.messages import english
from console.domain.model import ColumnInfo, Health, Row, Snapshot
from console.domain.profile import Profile
from console.domain.values import Reading, Status, Unit


def document(profile: Profile, snapshot: Snapshot | None, health: Health, mono: float) -> dict[str, Any]:
    """``{profile, backend, taken_at, health, columns, queues, agents, waiting, metrics}``.

    Every row has all standard columns of its section; what the system never says is ``unsupported``. Durations are
    milliseconds at `taken_at`, the server's time. Readings of a source gone quiet are ``stale``.
    """
    stale = health.is_stale_at(mono)
    columns = {section: _columns(snapshot, section) for section in Section}
    body: dict[str, Any] = {
        "profile": profile.name,
        "backend": profile.backend,
        "taken_at": None if snapshot is None else snapshot.taken_at.isoformat(timespec="milliseconds"),
        "health": health_json(health, mono),
        "columns": {
            section.value: [{"id": c.id, "title": c.title, "unit": c.unit.value} for c in columns[section]]
            for section in Section
        },
    }
    at_ms = 0.0 if snapshot is None else snapshot.taken_at.timestamp() * 1000
    for section in Section:
        rows = () if snapshot is None else snapshot.rows(section)
        body[section.value] = [_row(row, columns[section], at_ms, stale) for row in rows]
    body["metrics"] = [
        {
            "id": metric.id,
            "title": metric.title,
            "category": metric.category,
            "name": metric.name,
            "reading": reading_json(metric.reading, at_ms, stale),
        }
        for metric in (() if snapshot is None else snapshot.metrics)
    ]
    if snapshot is not None:
        body["notices"] = [english(notice) for notice in snapshot.notices]
        body["unavailable"] = {section.value: english(why) for section, why in snapshot.unavailable.items()}
    return body


def health_json(health: Health, mono: float) -> dict[str, Any]:
    """``{state, since, message, age_s}``."""
    age_s = health.age_s(mono)
    return {
        "state": health.state_at(mono).value,
        "since": health.since.isoformat(timespec="seconds"),
        "message": "" if health.message is None else english(health.message),
        "age_s": None if age_s is None else round(age_s, 1),
    }


def reading_json(reading: Reading, at_ms: float, stale: bool) -> dict[str, Any]:
    """``{status, value, unit, rate, text, origin}``; `value` is null unless status is ok or stale."""
    status = Status.STALE if stale and reading.status is Status.OK else reading.status
    value = reading.value_at(at_ms) if reading.has_value else None
    if reading.unit is Unit.MS and isinstance(value, float):
        value = round(value)
    return {
        "status": status.value,
        "value": value,
        "unit": reading.unit.value,
        "rate": reading.rate,
        "text": reading.text,
        "origin": reading.origin.value,
    }


def is_settled(snapshot: Snapshot) -> bool:
    """Whether nothing in it is still warming up."""
    if snapshot.is_warming:
        return False
    rows: tuple[Row, ...] = (*snapshot.queues, *snapshot.agents, *snapshot.waiting)
    readings: list[Mapping[str, Reading]] = [row.readings for row in rows]
    return all(r.status is not Status.WARMING for row in readings for r in row.values()) and all(
        metric.reading.status is not Status.WARMING for metric in snapshot.metrics
    )


def is_live(health: Health, mono: float) -> bool:
    """Whether the source is live right now."""
    return health.state_at(mono) is HealthState.LIVE


def _columns(snapshot: Snapshot | None, section: Section) -> tuple[ColumnInfo, ...]:
    sent = () if snapshot is None else snapshot.columns.get(section, ())
    ids = {column.id for column in sent}
    known = tuple(column.info for column in standard(section) if not column.is_rare or column.id in ids)
    ids = {column.id for column in known}
    return (*known, *(column for column in sent if column.id not in ids))


def _cell(reading: Reading, column: ColumnInfo, at_ms: float, stale: bool) -> dict[str, Any]:
    """A reading without a value has the unit of its column: a row that lacks the column says none of its own."""
    return reading_json(reading if reading.has_value else replace(reading, unit=column.unit), at_ms, stale)


def _row(row: Row, columns: tuple[ColumnInfo, ...], at_ms: float, stale: bool) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "readings": {column.id: _cell(row.reading(column.id), column, at_ms, stale) for column in columns},
    }
