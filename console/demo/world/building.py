"""Records in the making: what `console.demo.world.calls` writes into until a call record is frozen."""

from __future__ import annotations

from console.demo.world import records as rec
from console.demo.world.directory import Directory, cost_of


class LegBuilder:
    """A queue leg in the making."""

    __slots__ = (
        "account_code", "agent", "answered", "call", "came_from", "ended", "entered", "exit_position", "holds",
        "hung_up_by", "key", "next_call", "outcome", "position", "queue", "rings", "survey", "tags", "transfer",
    )  # fmt: skip

    def __init__(self, call: int, queue: int, entered: int, position: int, came_from: int) -> None:
        self.call = call
        self.queue = queue
        self.entered = entered
        self.position = position
        self.came_from = came_from
        self.rings: list[rec.RingAttempt] = []
        self.outcome = rec.OPEN
        self.answered: int | None = None
        self.agent = -1
        self.holds: list[tuple[int, int | None]] = []
        self.ended: int | None = None
        self.exit_position = -1
        self.key: str | None = None
        self.transfer: str | None = None
        self.next_call = -1
        self.hung_up_by: str | None = None
        self.account_code: str | None = None
        self.tags: list[str] = []
        self.survey: list[rec.SurveyAnswer] = []

    def start_ring(self, t: int, agent: int) -> None:
        """An agent's phone starts to ring."""
        self.rings.append(rec.RingAttempt(agent, agent, t, None, rec.OPEN))

    def end_ring(self, t: int, outcome: str) -> None:
        """It stops ringing, if one rings."""
        if self.rings and self.rings[-1].end is None:
            last = self.rings[-1]
            self.rings[-1] = rec.RingAttempt(last.extension, last.agent, last.start, t, outcome)

    def freeze(self) -> rec.QueueLeg:
        """Give the leg as it stands."""
        return rec.QueueLeg(
            self.call,
            self.queue,
            self.entered,
            self.position,
            self.came_from,
            tuple(self.rings),
            self.outcome,
            self.answered,
            self.agent,
            tuple(self.holds),
            self.ended,
            self.exit_position,
            self.key,
            self.transfer,
            self.next_call,
            self.hung_up_by,
            self.account_code,
            tuple(self.tags),
            tuple(self.survey),
        )


class PhoneBuilder:
    """A call to an extension or ring group in the making."""

    __slots__ = ("answered", "by", "ended", "group", "hung_up_by", "rings", "started")

    def __init__(self, started: int, group: int) -> None:
        self.started = started
        self.group = group
        self.rings: list[rec.RingAttempt] = []
        self.by = -1
        self.answered: int | None = None
        self.ended: int | None = None
        self.hung_up_by: str | None = None

    def ring(self, t: int, extension: int, agent: int) -> None:
        """A phone starts to ring."""
        self.rings.append(rec.RingAttempt(extension, agent, t, None, rec.OPEN))

    def stop(self, t: int, extension: int, outcome: str) -> None:
        """A phone stops ringing, or was busy and never rang."""
        for place, ring in enumerate(self.rings):
            if ring.extension == extension and ring.end is None:
                self.rings[place] = rec.RingAttempt(extension, ring.agent, ring.start, t, outcome)
                return
        self.rings.append(rec.RingAttempt(extension, -1, t, t, outcome))

    def answer(self, t: int, extension: int) -> None:
        """Somebody picks up."""
        self.stop(t, extension, rec.ANSWERED)
        self.by = extension
        self.answered = t

    def miss(self, t: int) -> None:
        """Nobody did."""
        self.ended = t

    def freeze(self) -> rec.PhoneLeg:
        """Give the leg as it stands."""
        ring = next((each for each in self.rings if each.extension == self.by), None)
        called = self.by
        if self.by < 0 and self.group < 0 and self.rings:
            ring = self.rings[0]
            called = ring.extension
        if self.answered is not None:
            outcome = rec.ANSWERED
        elif self.ended is None:
            outcome = rec.OPEN
        else:
            outcome = rec.BUSY if self.rings and all(each.outcome == rec.BUSY for each in self.rings) else rec.NO_ANSWER
        return rec.PhoneLeg(
            self.group,
            called,
            -1 if ring is None else ring.agent,
            self.started,
            tuple(self.rings),
            outcome,
            self.answered,
            self.ended,
            self.hung_up_by,
        )


class CallBuilder:
    """A call in the making; ``numbers`` are those of all its legs."""

    __slots__ = (
        "account_code", "answered", "asked", "attempts", "call", "callback_result", "caller", "did", "direction",
        "dod", "done", "end", "legs", "menu", "menus", "messages", "number", "numbers", "phones", "result", "settled",
        "start", "timeouts",
    )  # fmt: skip

    def __init__(self, call: int, direction: str, start: int, number: str) -> None:
        self.call = call
        self.direction = direction
        self.start = start
        self.number = number
        self.numbers = [call]
        self.done = False
        self.end: int | None = None
        self.caller = self.did = self.dod = -1
        self.answered: int | None = None
        self.result: str | None = None
        self.account_code: str | None = None
        self.menu: tuple[int, int] | None = None
        self.timeouts: list[int] = []
        self.menus: list[rec.MenuVisit] = []
        self.legs: list[LegBuilder] = []
        self.phones: list[PhoneBuilder] = []
        self.messages: list[rec.Message] = []
        self.asked: tuple[int, int, str] | None = None
        self.attempts: list[rec.CallbackAttempt] = []
        self.callback_result = rec.OPEN
        self.settled: int | None = None

    def open_menu(self, t: int, ivr: int) -> None:
        """The caller hears a menu."""
        self.menu = (ivr, t)
        self.timeouts = []

    def close_menu(self, t: int, key: str | None) -> None:
        """The caller leaves it by a key, or hangs up (None)."""
        if self.menu is not None:
            ivr, entered = self.menu
            keys = () if key is None else ((t, key),)
            self.menus.append(rec.MenuVisit(ivr, entered, t, keys, tuple(self.timeouts), key is None))
            self.menu = None

    def freeze(self, day: int, book: Directory) -> rec.CallRecord:
        """Give the call as it stands."""
        menus = self.menus
        if self.menu is not None:
            menus = [*menus, rec.MenuVisit(self.menu[0], self.menu[1], None, (), tuple(self.timeouts), False)]
        did = book.dids[self.did] if self.did >= 0 else None
        trunk = did.trunk if did is not None else book.dods[self.dod].trunk if self.dod >= 0 else -1
        rate, cost = self._price(book, trunk)
        codes = [leg.account_code for leg in self.legs if leg.account_code is not None]
        tags = [] if did is None else [did.tag]
        callback = None
        if self.asked is not None:
            callback = rec.Callback(*self.asked, tuple(self.attempts), self.callback_result, self.settled)
        return rec.CallRecord(
            day,
            self.call,
            self.direction,
            self.start,
            self.end,
            self.number,
            self.caller,
            self.did,
            self.dod,
            trunk,
            self.answered,
            self.result,
            tuple(menus),
            tuple(leg.freeze() for leg in self.legs),
            tuple(phone.freeze() for phone in self.phones),
            tuple(self.messages),
            callback,
            codes[-1] if codes else self.account_code,
            tuple(dict.fromkeys(tags + [tag for leg in self.legs for tag in leg.tags])),
            None if did is None else did.url,
            rate,
            cost,
        )

    def _price(self, book: Directory, trunk: int) -> tuple[int, int | None]:
        if self.direction != rec.OUTBOUND or self.answered is None:
            return -1, None
        rate = book.rate_of(trunk, self.number)
        if rate is None:
            return -1, None
        return rate.index, None if self.end is None else cost_of(rate, self.end - self.answered)
