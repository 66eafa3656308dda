"""The exchange log: what went over the wire lately, redacted, looked up by id for "show request"."""

from __future__ import annotations

import itertools
from collections import OrderedDict
from dataclasses import replace

from console.domain.provenance import Exchange
from console.net.limits import MB
from console.net.redact import Redactor

FRAME = "FRAME"  # the method of a websocket message
_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"


class ExchangeLog:
    """Keeps the latest exchanges in memory, redacted before they are kept.

    The newest reply to each request (profile, method, address) is kept whole up to `whole_limit`, so that a figure on
    screen can be followed into it; of an older one over `body_limit` the first `cut_limit` bytes stay, for people.
    When the count or the total of all bodies is over its bound, the oldest go. Websocket messages have a count of
    their own: a flood of them evicts no reply.
    """

    def __init__(
        self,
        redactor: Redactor | None = None,
        capacity: int = 500,
        body_limit: int = 64 * 1024,
        cut_limit: int = 4 * 1024,
        whole_limit: int = 4 * MB,
        total_limit: int = 64 * MB,
        frame_capacity: int = 2000,
    ) -> None:
        self.redactor = redactor or Redactor()
        self._capacity = capacity
        self._frame_capacity = frame_capacity
        self._body_limit = body_limit
        self._cut_limit = min(cut_limit, body_limit)
        self._whole_limit = whole_limit
        self._total_limit = total_limit
        self._kept: OrderedDict[str, Exchange] = OrderedDict()
        self._frames: OrderedDict[str, Exchange] = OrderedDict()
        self._newest: dict[tuple[str, str, str], str] = {}
        self._total = 0
        self._numbers = itertools.count(1)

    def new_id(self) -> str:
        """A short id, unique in this log."""
        number, text = next(self._numbers), ""
        while number:
            number, digit = divmod(number, 36)
            text = _ALPHABET[digit] + text
        return f"x{text}"

    def redacted(self, exchange: Exchange) -> Exchange:
        """The exchange without secrets, its body cut to what is kept at most. Safe in a worker thread."""
        clean = self.redactor
        body = exchange.body[: self._whole_limit]
        return replace(
            exchange,
            url=clean.url(exchange.url),
            request_headers=clean.headers(exchange.request_headers),
            request_body=clean.body(exchange.request_body[: self._body_limit]),
            headers=clean.headers(exchange.headers),
            body=clean.body(body),
            truncated=exchange.truncated or len(body) < len(exchange.body),
            error=clean.strict(exchange.error),
        )

    def add(self, exchange: Exchange, *, is_redacted: bool = False) -> None:
        """Keep an exchange; redacts it unless it comes from `redacted`."""
        clean = exchange if is_redacted else self.redacted(exchange)
        if clean.method == FRAME:
            self._frames[clean.id] = clean
        else:
            self._add_reply(clean)
        self._total += len(clean.body) + len(clean.request_body)
        while len(self._frames) > self._frame_capacity:
            self._drop(next(iter(self._frames)))
        while len(self._kept) > self._capacity:
            self._drop(next(iter(self._kept)))
        while self._total > self._total_limit and len(self._frames) + len(self._kept) > 1:
            self._drop(next(iter(self._frames or self._kept)))

    def get(self, exchange_id: str) -> Exchange | None:
        """The exchange of that id, or None when it has been evicted."""
        return self._kept.get(exchange_id) or self._frames.get(exchange_id)

    def for_figure(self, exchange_id: str) -> Exchange | None:
        """The exchange a figure came from, or where only its beginning was kept the newest to the same request.

        A figure that has not changed since points to the old one; the new one has it at the same place.
        """
        found = self.get(exchange_id)
        if found is None or not found.truncated:
            return found
        newest = self._kept.get(self._newest.get(_place(found), ""))
        if newest is None or newest.id == found.id or newest.status != found.status:
            return found
        return replace(newest, instead_of=found.at)

    def recent(self, profile_id: str) -> tuple[Exchange, ...]:
        """All kept exchanges of a profile, newest first."""
        mine = [item for ring in (self._kept, self._frames) for item in ring.values() if item.profile_id == profile_id]
        mine.sort(key=lambda item: item.at)
        return tuple(reversed(mine))

    def _add_reply(self, clean: Exchange) -> None:
        place = _place(clean)
        former = self._kept.get(self._newest.get(place, ""))
        if clean.body and former is not None:
            self._cut(former)
        if clean.body or former is None:
            self._newest[place] = clean.id
        self._drop(clean.id)
        self._kept[clean.id] = clean

    def _cut(self, exchange: Exchange) -> None:
        if len(exchange.body) > self._body_limit:
            self._total -= len(exchange.body) - self._cut_limit
            self._kept[exchange.id] = replace(exchange, body=exchange.body[: self._cut_limit], truncated=True)

    def _drop(self, exchange_id: str) -> None:
        gone = self._kept.pop(exchange_id, None) or self._frames.pop(exchange_id, None)
        if gone is None:
            return
        self._total -= len(gone.body) + len(gone.request_body)
        place = _place(gone)
        if self._newest.get(place) == exchange_id:
            del self._newest[place]


def _place(exchange: Exchange) -> tuple[str, str, str]:
    return exchange.profile_id, exchange.method, exchange.url
