"""What changes rarely (profile, columns, health's words, notices, limits) as JSON values, and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from console.domain.enums import AgentStatus, HealthState, Section
from console.domain.messages import Message
from console.domain.model import ColumnInfo
from console.domain.thresholds import DEFAULT_LIMITS, Limits, Threshold
from console.domain.values import Unit
from console.engine.history.columns import DamagedError
from console.settings.schema import decode_profile, encode_profile

Json = Any
SECTIONS: Final = (Section.QUEUES, Section.AGENTS, Section.WAITING)
METRICS: Final = len(SECTIONS)  # the place of the key figures behind the tables
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NOTHING: Final = -(2**62)


def micros(moment: datetime | None) -> int:
    """An aware instant as microseconds since 1970, exactly; a number of its own for None."""
    if moment is None:
        return _NOTHING
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return (aware - _EPOCH) // timedelta(microseconds=1)


def moment(value: int) -> datetime | None:
    """The inverse of `micros`, in UTC."""
    return None if value == _NOTHING else _EPOCH + timedelta(microseconds=value)


def encode_meta(frame: Any) -> Json:
    """Everything of a frame but its numbers of time and its rows."""
    source = frame.source
    health, snapshot = source.health, source.snapshot
    return {
        "profile": encode_profile(source.profile),
        "title": source.backend_title,
        "limits": _encode_limits(source.limits),
        "health": [
            health.state.value,
            micros(health.since),
            _encode_message(health.message),
            health.cadence_s,
            health.next_try_mono,
            health.detail,
        ],
        "snapshot": None
        if snapshot is None
        else {
            "profile_id": snapshot.profile_id,
            "backend": snapshot.backend,
            "columns": {
                section.value: [[info.id, info.title, info.unit.value] for info in infos]
                for section, infos in snapshot.columns.items()
            },
            "unavailable": {section.value: _encode_message(why) for section, why in snapshot.unavailable.items()},
            "notices": [_encode_message(notice) for notice in snapshot.notices],
            "is_warming": snapshot.is_warming,
        },
    }


class Meta:
    """What `encode_meta` kept, decoded once; raises DamagedError."""

    def __init__(self, entry: Json) -> None:
        try:
            self.profile = decode_profile(entry["profile"])
            self.title: str = entry["title"]
            self.limits = _decode_limits(entry["limits"])
            state, since, why, self.cadence_s, self.next_try_mono, self.detail = entry["health"]
            self.state = HealthState(state)
            self.since = moment(since) or _EPOCH
            self.message = _decode_message(why)
            found = entry["snapshot"]
            self.has_snapshot = found is not None
            if found is not None:
                self.profile_id: str = found["profile_id"]
                self.backend: str = found["backend"]
                self.columns = {
                    Section(section): tuple(ColumnInfo(id, title, Unit(unit)) for id, title, unit in infos)
                    for section, infos in found["columns"].items()
                }
                self.unavailable = {Section(s): _known(_decode_message(why)) for s, why in found["unavailable"].items()}
                self.notices = tuple(_known(_decode_message(notice)) for notice in found["notices"])
                self.is_warming: bool = found["is_warming"]
        except (KeyError, TypeError, ValueError, OverflowError, AttributeError) as failure:
            raise DamagedError(str(failure)) from failure


def _encode_message(message: Message | None) -> Json:
    return None if message is None else [message.code, {key: _encode_arg(arg) for key, arg in message.args.items()}]


def _encode_arg(arg: object) -> Json:
    """Arguments are texts and numbers; anything else is kept as it would be shown."""
    return arg if arg is None or isinstance(arg, (bool, int, float, str)) else str(arg)


def _decode_message(entry: Json) -> Message | None:
    return None if entry is None else Message(entry[0], entry[1])


def _known(message: Message | None) -> Message:
    if message is None:
        raise ValueError("a message is missing")
    return message


def _encode_limits(limits: Limits) -> Json:
    if limits == DEFAULT_LIMITS:
        return None
    return [
        _encode_thresholds(limits.columns),
        {queue: _encode_thresholds(own) for queue, own in limits.queues.items()},
        _encode_thresholds({state.value: limit for state, limit in limits.states.items()}),
    ]


def _encode_thresholds(thresholds: Mapping[str, Threshold | None]) -> Json:
    return {
        column: None if limit is None else [limit.caution, limit.critical, limit.is_low_bad]
        for column, limit in thresholds.items()
    }


def _decode_limits(entry: Json) -> Limits:
    if entry is None:
        return DEFAULT_LIMITS
    columns, queues, states = entry
    return Limits(
        _decode_thresholds(columns),
        {queue: _decode_thresholds(own) for queue, own in queues.items()},
        {AgentStatus(state): limit for state, limit in _decode_thresholds(states).items()},
    )


def _decode_thresholds(entry: Json) -> dict[str, Threshold | None]:
    return {column: None if limit is None else Threshold(*limit) for column, limit in entry.items()}
