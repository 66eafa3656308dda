"""Disguise: frames without callers' numbers and names and agents' names, as they are recorded on request.

The screens' mask keeps the ids of rows, which are shown nowhere; in a file they would tell, where a system uses names
as ids. Here they are replaced by what cannot be read back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final, TypeVar

from console.domain.frames import Frame
from console.domain.messages import Message
from console.domain.model import MetricRow, Row, Snapshot
from console.domain.privacy import HIDDEN, AgentNumbers, Mask, without_numbers

_PREFIX: Final = "~"
Item = TypeVar("Item", Row, MetricRow)


def alias(profile_id: str, row_id: str) -> str:
    """What stands for a row's id in a masked recording."""
    digest = hashlib.sha256(f"{profile_id}\0{row_id}".encode("utf-8", "surrogatepass")).hexdigest()
    return _PREFIX + digest[:20]


class Disguise:
    """Masks frames one after the other; a row that is the same stays the same object."""

    def __init__(self) -> None:
        self._mask = Mask(AgentNumbers())
        self._rows: dict[tuple[str, str], dict[str, tuple[Row | MetricRow, Row | MetricRow]]] = {}

    def frame(self, frame: Frame) -> Frame:
        """The frame as it may be written."""
        source = self._mask.source(frame.source)
        health, original = source.health, frame.source.snapshot
        profile = replace(source.profile, fields={}, mapping=source.profile.mapping)
        names = [row.name for row in original.agents] if original is not None else []
        hidden = replace(
            source,
            profile=profile,
            health=replace(health, message=_message(health.message, names), detail=""),
            snapshot=self._snapshot(str(profile.id), original, source.snapshot, names),
        )
        return Frame(frame.at_ms, hidden, frame.fresh_until_ms)

    def _snapshot(
        self, owner: str, original: Snapshot | None, masked: Snapshot | None, names: Sequence[str]
    ) -> Snapshot | None:
        if masked is None or original is None:
            return masked
        return replace(
            masked,
            agents=self._renamed(owner, "agents", masked.agents),
            waiting=self._renamed(owner, "waiting", masked.waiting),
            metrics=self._figures(owner, original.metrics, masked.metrics),
            notices=tuple(notice for notice in (_message(each, names) for each in masked.notices) if notice),
            unavailable={
                section: told for section, why in masked.unavailable.items() if (told := _message(why, names))
            },
        )

    def _renamed(self, owner: str, part: str, rows: tuple[Row, ...]) -> tuple[Row, ...]:
        former = self._rows.get((owner, part), {})
        found: dict[str, tuple[Row | MetricRow, Row | MetricRow]] = {}
        for row in rows:
            old = former.get(row.id)
            found[row.id] = (
                old if old is not None and old[0] is row else (row, Row(alias(owner, row.id), row.name, row.readings))
            )
        self._rows[owner, part] = found
        return tuple([found[row.id][1] for row in rows])  # type: ignore[misc]

    def _figures(
        self, owner: str, original: tuple[MetricRow, ...], masked: tuple[MetricRow, ...]
    ) -> tuple[MetricRow, ...]:
        """A figure whose name was hidden hides its id too: it may be made of the name."""
        return tuple(
            new if new.name == old.name else replace(new, id=alias(owner, old.id))
            for old, new in zip(original, masked, strict=True)
        )


def _message(message: Message | None, names: Sequence[str]) -> Message | None:
    """A message without names of agents and without numbers."""
    if message is None or not message.args:
        return message
    args: Mapping[str, object] = {
        key: _words(arg, names) if isinstance(arg, str) else arg for key, arg in message.args.items()
    }
    return Message(message.code, args)


def _words(text: str, names: Sequence[str]) -> str:
    if any(name and name in text for name in names):
        return HIDDEN
    return without_numbers(text)
