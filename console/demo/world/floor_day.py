"""One day of the floor: staffing, demand by hour of day, pauses, and the random choices of every call."""

from __future__ import annotations

from itertools import pairwise
from math import exp, log
from random import Random

from console.demo.world import events as ev
from console.demo.world import names
from console.demo.world.engine import DIALING, IDLE, OFF, TALKING, Desk, Handler
from console.demo.world.queue_exits import LONGEST_TALK, MINUTE, OPEN_FOR
from console.demo.world.site import RARE_EVERY_HOURS, Site
from console.demo.world.telephony import FIRST_DAY_TIMER, Telephony

HOUR = 60 * MINUTE
BEFORE_OPENING = 30 * MINUTE
"""A day of the log begins this long before opening, when the first agents may log in."""
_SLOT = 15 * MINUTE

# Demand against staffing by hours since opening: two humps with a dip at lunch. Linear in between.
_LOAD = ((0, 0.58), (1, 0.78), (2, 0.90), (3, 0.92), (4, 0.80), (5, 0.70), (6, 0.80), (7, 0.88), (9, 0.76), (13, 0.5))
_SHIFT_STARTS = ((0.0, 50), (0.5, 15), (1.0, 17), (4.0, 12), (5.5, 6))
_ABSENT = 0.07
_PAUSED_SHARE = 0.12

T_LOGIN, T_LOGOUT, T_PAUSE, T_OWN_CALL, T_OWN_ANSWER, T_OWN_END = range(FIRST_DAY_TIMER, FIRST_DAY_TIMER + 6)


def load_at(since_opening: int) -> float:
    """Give the aimed occupancy at a time since opening (ms); 0 while closed."""
    hours = since_opening / HOUR
    if hours < 0 or since_opening >= OPEN_FOR:
        return 0.0
    for (left, low), (right, high) in pairwise(_LOAD):
        if hours <= right:
            return low + (high - low) * (hours - left) / (right - left)
    return 0.0


class FloorBehaviour:
    """The random choices of one day. Draws come in the order of events, so a day depends on nothing else."""

    def __init__(self, site: Site, rng: Random, opening: int, rates: list[list[float]]) -> None:
        self._site = site
        self._rng = rng
        self._opening = opening
        self._rates = rates
        self._peaks = [max(of_queue) for of_queue in rates]
        # log-normal with the wanted mean: median = mean / exp(sigma^2 / 2)
        self._talk_mu = [log(queue.talk_ms) - 0.7**2 / 2 for queue in site.queues]
        self._wrap_mu = [log(queue.wrap_ms) - 0.6**2 / 2 for queue in site.queues]

    def next_arrival(self, queue: int, t: int) -> int | None:
        """Thin a Poisson stream at the day's peak rate down to the rate of the moment."""
        peak = self._peaks[queue]
        if peak <= 0:
            return None
        rng, rates, opening = self._rng, self._rates[queue], self._opening
        while True:
            t += int(rng.expovariate(peak)) + 1
            slot = (t - opening) // _SLOT
            if slot >= len(rates):
                return None
            if slot >= 0 and rng.random() * peak < rates[slot]:
                return t

    def number(self) -> str:
        """Give a caller's number; many call more than once."""
        return self._site.numbers[int(self._rng.random() * len(self._site.numbers))]

    def patience(self, queue: int) -> int:
        """Exponential, three minutes on the mean, but nobody hangs up in the first four seconds."""
        return 4000 + int(self._rng.expovariate(1 / 180_000))

    def ring(self) -> tuple[int, bool]:
        """Two to nine seconds; two phones in a hundred ring out after twenty."""
        draw = self._rng.random()
        if draw < 0.02:
            return 20_000, False
        return 2000 + int((draw - 0.02) / 0.98 * 7000), True

    def talk(self, queue: int) -> int:
        """Log-normal around the queue's mean."""
        return min(LONGEST_TALK, 5000 + int(exp(self._rng.gauss(self._talk_mu[queue], 0.7))))

    def hold(self, talk: int) -> tuple[int, int] | None:
        """One call in seven is put on hold once, for a tenth to a third of it; some callers hang up meanwhile."""
        rng = self._rng
        if talk < 40_000 or rng.random() > 0.14:
            return None
        start = int(talk * rng.uniform(0.2, 0.5))
        length = int(talk * rng.uniform(0.1, 0.33))
        return start, talk + 1 if rng.random() < 0.08 else start + length

    def wrap_up(self, queue: int) -> int:
        """Log-normal; one call in ten needs none."""
        if self._rng.random() < 0.1:
            return 0
        return min(10 * MINUTE, 2000 + int(exp(self._rng.gauss(self._wrap_mu[queue], 0.6))))

    def transfer(self, queue: int) -> int | None:
        """Four calls in a hundred go on to a neighbouring queue."""
        count = len(self._site.queues)
        if count < 3 or self._rng.random() > 0.04:
            return None
        target = (queue + self._rng.choice((-2, -1, 1, 2))) % count
        return None if self._site.queues[target].rare or target == queue else target

    def account_code(self) -> str | None:
        """A quarter of the calls is booked on an account code."""
        return self._rng.choice(names.ACCOUNT_CODES) if self._rng.random() < 0.25 else None

    def no_answer_pause(self) -> int:
        """Who lets it ring is set aside for half a minute."""
        return 30_000

    def voicemail_after(self) -> int:
        """After eight minutes a caller is sent to voicemail."""
        return 8 * MINUTE


class FloorDay(Telephony):
    """The telephone system with shifts, pauses, and agents' own outbound and internal calls."""

    def __init__(self, site: Site, day: int, opening: int) -> None:
        rng = Random(f"day/{site.seed}/{len(site.queues)}/{len(site.agents)}/{day}/{opening}")
        shifts = draw_shifts(rng, opening, len(site.agents))
        rates = staffed_rates(site, opening, shifts)
        super().__init__(site, opening, rng, FloorBehaviour(site, rng, opening, rates))
        for index, shift in enumerate(shifts):
            if shift is not None:
                self._plan_agent(self.desks[index], *shift)
        for queue in site.queues:
            start = opening + 4 * HOUR if queue.rare else opening
            self.open_queue(queue.index, start)

    def more_handlers(self) -> list[Handler]:
        """Timers for shifts, pauses and own calls."""
        own: list[Handler] = [
            self._on_login,
            self._on_logout,
            self._on_pause,
            self._on_own_call,
            self._on_own_answer,
            self._on_own_end,
        ]
        return super().more_handlers() + own

    def _plan_agent(self, desk: Desk, start: int, end: int) -> None:
        rng = self.rng
        self.schedule(start, T_LOGIN, desk)
        self.schedule(end, T_LOGOUT, desk)
        plan = [("Break", 1.6, 2.4, 8, 15), ("Lunch", 3.6, 4.6, 30, 45), ("Break", 5.8, 6.8, 8, 15)]
        plan += [("Restroom", 0.5, 7.5, 3, 6)] * rng.choice((1, 1, 2, 3))
        if rng.random() < 0.3:
            plan.append((rng.choice(names.PAUSES), 0.8, 6.0, 15, 40))
        for reason, from_h, to_h, least, most in plan:
            due = start + int(rng.uniform(from_h, to_h) * HOUR)
            if due < end - 10 * MINUTE:
                self.schedule(due, T_PAUSE, (desk, reason), int(rng.uniform(least, most) * MINUTE))
        self.schedule(start + int(rng.expovariate(1 / HOUR)), T_OWN_CALL, desk)

    def _on_login(self, t: int, desk: Desk, _token: int) -> None:
        self.log_in(t, desk)

    def _on_logout(self, t: int, desk: Desk, _token: int) -> None:
        self.log_out(t, desk)

    def _on_pause(self, t: int, subject: tuple[Desk, str], duration: int) -> None:
        self.pause(t, subject[0], subject[1], duration)

    def _on_own_call(self, t: int, desk: Desk, _token: int) -> None:
        """Once an hour or so an agent without a caller calls out, or calls a colleague."""
        if desk.leaving or desk.phase == OFF:
            return
        rng = self.rng
        # who is busy tries again soon
        mean = HOUR if desk.phase == IDLE else 8 * MINUTE
        self.schedule(t + MINUTE + int(rng.expovariate(1 / mean)), T_OWN_CALL, desk)
        if desk.phase != IDLE:
            return
        call = self.new_call_id()
        draw = rng.random()
        if draw < 0.7:
            self._take(desk)
            self.write(t, ev.OUT_DIAL, call, -1, desk.index, self.behaviour.number(), self._caller_id(desk))
            timer = T_OWN_ANSWER if rng.random() < 0.7 else T_OWN_END
            self.schedule(t + int(rng.uniform(5, 25) * 1000), timer, (desk, -1), call)
            return
        other = rng.choice(self._office) if draw < 0.78 else rng.randrange(len(self.desks))
        if other in self._busy or (other < len(self.desks) and self.desks[other].phase != IDLE) or other == desk.index:
            return
        self._take(desk)
        if other < len(self.desks):
            self._take(self.desks[other])
        else:
            self._busy.add(other)
        self.write(t, ev.INT_DIAL, call, -1, desk.index, None, other)
        self.schedule(t + int(rng.uniform(2, 8) * 1000), T_OWN_ANSWER, (desk, other), call)

    def _take(self, desk: Desk) -> None:
        desk.phase = DIALING
        desk.token += 1

    def _caller_id(self, desk: Desk) -> int:
        """Mostly the agent's own; now and then the line of another team."""
        dods = self.site.directory.dods
        own = self.site.directory.extensions[desk.index].dod
        return own if self.rng.random() < 0.8 else self.rng.randrange(len(dods))

    def _on_own_answer(self, t: int, pair: tuple[Desk, int], call: int) -> None:
        desk, other = pair
        desk.phase = TALKING
        if 0 <= other < len(self.desks):
            self.desks[other].phase = TALKING
        self.write(t, ev.OUT_ANSWER if other < 0 else ev.INT_ANSWER, call, -1, desk.index, None, other)
        self.schedule(t + self.some_talk(150_000 if other < 0 else 90_000), T_OWN_END, pair, call)

    def _on_own_end(self, t: int, pair: tuple[Desk, int], call: int) -> None:
        desk, other = pair
        if other < 0:
            answered = desk.phase == TALKING
            code = self.behaviour.account_code() if answered else None
            result = 0 if answered else self.rng.choices((1, 2, 3), (6, 3, 1))[0]
            self.write(t, ev.OUT_END, call, -1, desk.index, code, result)
        else:
            self.write(t, ev.INT_END, call, -1, desk.index, None, other)
        self.free(t, desk)
        if 0 <= other < len(self.desks):
            self.free(t, self.desks[other])
        elif other >= 0:
            self._busy.discard(other)


def draw_shifts(rng: Random, opening: int, agents: int) -> list[tuple[int, int] | None]:
    """Draw from when to when each agent works today, None for who is absent."""
    starts = [hours for hours, _ in _SHIFT_STARTS]
    weights = [weight for _, weight in _SHIFT_STARTS]
    closing = opening + OPEN_FOR
    shifts: list[tuple[int, int] | None] = []
    for index in range(agents):
        start_at = rng.choices(starts, weights)[0]
        jitter = rng.uniform(-14, 6)
        hours = rng.uniform(7.0, 9.0)
        # the very first agent is always there, or a tiny floor might be empty
        if rng.random() < _ABSENT and index:
            shifts.append(None)
            continue
        start = opening + int((start_at if index else 0.0) * HOUR + jitter * MINUTE)
        end = min(start + int(hours * HOUR), closing + int(rng.uniform(0, 10) * MINUTE))
        shifts.append((start, end))
    return shifts


def staffed_rates(site: Site, opening: int, shifts: list[tuple[int, int] | None]) -> list[list[float]]:
    """Give calls per ms and queue for each quarter of an hour, so that occupancy follows `load_at`.

    An agent's time is split evenly over the queues served (the rare one aside). Demand is the aimed occupancy
    times the staffed share, divided by the mean time a call keeps an agent.
    """
    slots = OPEN_FOR // _SLOT
    change = [[0.0] * (slots + 1) for _ in site.queues]
    for agent, shift in zip(site.agents, shifts, strict=True):
        if shift is None:
            continue
        shared = [number for number in agent.queues if not site.queues[number].rare] or list(agent.queues)
        first = min(slots, max(0, (shift[0] - opening + _SLOT // 2) // _SLOT))
        last = min(slots, max(0, (shift[1] - opening) // _SLOT))
        for number in shared:
            change[number][first] += 1 / len(shared)
            change[number][last] -= 1 / len(shared)
    rates = []
    for queue in site.queues:
        if queue.rare:
            rates.append([1 / (RARE_EVERY_HOURS * HOUR)] * slots)
            continue
        busy_ms = 5500 + 5000 + queue.talk_ms + 0.9 * (queue.wrap_ms + 2000)
        staffed, of_queue = 0.0, []
        for slot in range(slots):
            staffed += change[queue.index][slot]
            aim = load_at(slot * _SLOT + _SLOT // 2)
            # four in a hundred calls come by transfer, and agents' own calls take a few percent of their time
            of_queue.append(max(0.0, staffed) * aim * (1 - _PAUSED_SHARE) * 0.90 / busy_ms)
        rates.append(of_queue)
    return rates
