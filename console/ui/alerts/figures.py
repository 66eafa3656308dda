"""How the figure behind an alert stands at this moment, from the newest snapshots."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.domain.alert_rules import Scope
from console.domain.alerts import Alert
from console.domain.board import Source
from console.domain.clock import Clock
from console.domain.model import ProfileId, Row
from console.domain.text import Look, Shown, show
from console.domain.values import Reading
from console.ui.alerts.words import SECTIONS, value_text
from console.ui.models.rows import moment

if TYPE_CHECKING:
    from console.engine.store import Store


class FiguresNow:
    """Looks rows up in the store; remembers where they stand until the next snapshot.

    Args:
        store: the live one; None: nothing is known.
        clock: of now.
    """

    def __init__(self, store: Store | None, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._rows: dict[tuple[str, Scope], tuple[object, dict[str, Row]]] = {}

    def shown(self, alert: Alert) -> Shown | None:
        """The figure now, as its table shows it; None where there is no such row or column any more."""
        source = self._store.source(ProfileId(alert.profile_id)) if self._store is not None else None
        reading = self._reading(alert, source) if source is not None else None
        if reading is None or source is None:
            return None
        at = moment(source, self._clock.now_ms(), self._clock.monotonic())
        found = show(reading, at.server_ms, at.stale_age_s)
        if isinstance(reading.value, str) and found.look is Look.VALUE:
            return Shown(value_text(reading.value, reading.unit), found.look, found.spoken, found.tip)
        return found

    def _reading(self, alert: Alert, source: Source) -> Reading | None:
        snapshot, section = source.snapshot, SECTIONS.get(alert.scope)
        if snapshot is None or section is None:
            return None
        key = (alert.profile_id, alert.scope)
        known = self._rows.get(key)
        if known is None or known[0] is not snapshot:
            known = self._rows[key] = (snapshot, {row.id: row for row in snapshot.rows(section)})
        row = known[1].get(alert.row_id)
        return row.readings.get(alert.column) if row is not None else None
