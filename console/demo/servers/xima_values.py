"""From metric values to bytes on the wire, rebuilt only where something changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from console.demo.servers.xima_metrics import Metric, Value
from console.demo.world.fold import DIRECTIONS, AgentFold, Fold, QueueFold
from console.demo.world.names import ACCOUNT_CODES
from console.demo.world.site import Site

_UNSEEN = -1


def dumps(value: object) -> bytes:
    """Encode compactly, names in their own letters."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


class MetricFeed:
    """One metric of one server: its id, its category values and a cached fragment for each of them.

    A fragment is the JSON object ``{"key":...,"value":...}``, the same in a poll's ``results`` and in a socket
    message. It keeps its ``lastUpdateTime`` as long as the value stays on the same straight line.
    """

    def __init__(self, metric: Metric, ident: str, word: str, site: Site) -> None:
        self.metric = metric
        self.id = ident
        self.category = word
        self.site = site
        self.selection: Sequence[str | None] = _selection(metric.category, site)
        size = len(self.selection)
        self._fold: Fold | None = None
        self._seen = [_UNSEEN] * size
        self._values: list[Value] = [None] * size
        self._fragments: list[bytes] = [b""] * size
        self._heads = [b'{"key":' + dumps(self.key(index)) + b',"value":' for index in range(size)]

    def key(self, index: int) -> dict[str, str]:
        """Give the wire's key of one value; a NONE metric has no category value."""
        selected = self.selection[index]
        return {"metricId": self.id} if selected is None else {"metricId": self.id, "categoryValue": selected}

    def listing(self) -> dict[str, object]:
        """Give the entry of the metrics list."""
        return {
            "metricId": self.id,
            "metricName": self.metric.name,
            "categoryType": self.category,
            "categorySelection": [selected for selected in self.selection if selected is not None],
        }

    def forget(self) -> None:
        """Drop every cached fragment (the server's clock was changed)."""
        self._fold = None
        self._fragments = [b""] * len(self._fragments)

    def fragments(self, fold: Fold, stamp: Callable[[int], str]) -> list[bytes]:
        """Give the fragments of all values as of the fold; ``stamp`` writes an instant in the server's clock."""
        seen, values, fragments = self._seen, self._values, self._fragments
        if fold is not self._fold:
            self._fold = fold
            seen = self._seen = [_UNSEEN] * len(seen)
        compute, site = self.metric.compute, self.site
        for index, (version, changed) in enumerate(_versions(self.metric.category, fold, len(seen))):
            if version == seen[index]:
                continue
            seen[index] = version
            value = compute(fold, site, index)
            if value == values[index] and fragments[index]:
                continue
            values[index] = value
            fragments[index] = self._heads[index] + _render(value, changed, stamp(changed)) + b"}"
        return fragments


def _selection(category: str, site: Site) -> Sequence[str | None]:
    if category == "QUEUE":
        return site.queue_names
    if category == "AGENT":
        return site.agent_keys
    if category == "CALL_DIRECTION":
        return DIRECTIONS
    return ACCOUNT_CODES if category == "ACCOUNT_CODE" else (None,)


def _versions(category: str, fold: Fold, size: int) -> Sequence[tuple[int, int]]:
    if category in ("QUEUE", "AGENT"):
        entities: Sequence[QueueFold | AgentFold] = fold.queues if category == "QUEUE" else fold.agents
        return [(entity.version, entity.changed) for entity in entities]
    return [(fold.version, fold.changed)] * size


def _render(value: Value, t: int, stamp: str) -> bytes:
    """Write one value; the order of fields differs by type, as in the vendor's own samples."""
    if value is None:
        return dumps({"lastUpdateTime": stamp})
    kind, *rest = value
    if kind == "COUNT":
        return dumps({"type": kind, "lastUpdateTime": stamp, "count": rest[0]})
    if kind == "DURATION":
        base, up, down = rest
        return dumps(
            {
                "lastUpdateTime": stamp,
                "finishedDuration": base + (up - down) * t,  # type: ignore[operator]
                "numCountingUp": up,
                "numCountingDown": down,
                "type": kind,
            }
        )
    if kind == "AVERAGE_DURATION":
        base, count, up, down = rest
        return dumps(
            {
                "type": kind,
                "durationSum": base + (up - down) * t,  # type: ignore[operator]
                "count": count,
                "numCountingUp": up,
                "numCountingDown": down,
                "lastUpdateTime": stamp,
            }
        )
    return dumps({"type": kind, "lastUpdateTime": stamp, "value": rest[0]})
