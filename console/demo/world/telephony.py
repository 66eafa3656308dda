"""Everything on the telephone system that is not a queue: numbers, menus, ring groups, calls to extensions.

A caller for a queue may come through a menu first; the queue sees the call when the caller gets there.
"""

from __future__ import annotations

from random import Random

from console.demo.world import events as ev
from console.demo.world.engine import DIALING, IDLE, OFF, PAUSED, Behaviour, Desk, Handler
from console.demo.world.queue_exits import FIRST_TELEPHONY_TIMER, MINUTE, OPEN_FOR, QueueExits
from console.demo.world.site import Site

_LARGE = 2000  # agents from which on most callers dial their queue's own number
_NO_ANSWER_MS = 20_000

T_MENU, T_SIDE, T_OFFICE, T_EXT_RESULT, T_EXT_END = range(FIRST_TELEPHONY_TIMER, FIRST_TELEPHONY_TIMER + 5)
FIRST_DAY_TIMER = FIRST_TELEPHONY_TIMER + 5


class Visit:
    """A caller in a menu and what will be done there: ``t`` nothing in time, ``h`` hang up, else a key."""

    __slots__ = ("call", "ivr", "number", "plan")

    def __init__(self, call: int, number: str, ivr: int, plan: str) -> None:
        self.call = call
        self.number = number
        self.ivr = ivr
        self.plan = plan


class Ringing:
    """Extensions that ring for one call, and who of them will answer (-1: nobody)."""

    __slots__ = ("answered_by", "call", "desk", "extensions", "group")

    def __init__(self, call: int, extensions: tuple[int, ...], group: int, desk: Desk | None) -> None:
        self.call = call
        self.extensions = extensions
        self.group = group
        self.desk = desk
        self.answered_by = -1


class Telephony(QueueExits):
    """Queues, and all the rest of a telephone system."""

    def __init__(self, site: Site, opening: int, rng: Random, behaviour: Behaviour) -> None:
        book = site.directory
        self._book = book
        self._routes = [{key.key: (key.kind, key.target) for key in ivr.keys} for ivr in book.ivrs]
        self._main_dids = {did.target: did.index for did in book.dids if did.kind == "ivr"}
        self._phone_dids = [did for did in book.dids if did.kind in ("extension", "ring_group")]
        self._office = [each.index for each in book.extensions if each.agent < 0]
        self._busy: set[int] = set()  # phones outside the queues that are in use
        self._direct_share = 0.3 if len(site.agents) <= _LARGE else 0.8
        super().__init__(site, opening, rng, behaviour)
        # spread over the day: means between calls past the queues, and between calls of the office
        self._side_ms = 60 * MINUTE / (6 + min(300.0, 0.15 * len(site.agents)))
        self._office_ms = 60 * MINUTE / (5 + min(60.0, 0.05 * len(site.agents)))
        self.schedule(opening + int(rng.expovariate(1 / self._side_ms)), T_SIDE, None)
        self.schedule(opening + int(rng.expovariate(1 / self._office_ms)), T_OFFICE, None)

    def more_handlers(self) -> list[Handler]:
        """Timers for menus and calls to extensions."""
        own: list[Handler] = [self._on_menu, self._on_side, self._on_office, self._on_ext_result, self._on_ext_end]
        return super().more_handlers() + own

    # -- callers for a queue ---------------------------------------------------------------------------------

    def _on_arrival(self, t: int, queue: int, _token: int) -> None:
        self.open_queue(queue, t)
        number = self.behaviour.number()
        call = self.new_call_id()
        if self.rng.random() < self._direct_share:
            self.write(t, ev.ARRIVE, call, -1, -1, number, self._book.queue_dids[queue])
            self.enter(t, queue, number, -1, call)
            return
        ivr, key = self._book.queue_keys[queue]
        self._call_menu(t, call, number, ivr, key)

    def _call_menu(self, t: int, call: int, number: str, ivr: int, key: str) -> None:
        draw = self.rng.random()
        if draw < 0.03:
            plan = "h"
        elif draw < 0.08:
            plan = "t" + key
        elif draw < 0.16 and key in self._routes[ivr + 1]:
            plan = "9" + key
        else:
            plan = key
        self.write(t, ev.ARRIVE, call, -1, -1, number, self._main_dids[ivr])
        self._open_menu(t, Visit(call, number, ivr, plan))

    def _open_menu(self, t: int, visit: Visit) -> None:
        self.write(t, ev.IVR, visit.call, -1, -1, None, visit.ivr)
        self._plan_step(t, visit)

    def _plan_step(self, t: int, visit: Visit) -> None:
        listens = self.rng.uniform(3_000, 14_000)
        if visit.plan[0] == "t":
            listens = 8_000 + self._book.ivrs[visit.ivr].timeout_ms
        self.schedule(t + int(listens), T_MENU, visit)

    def _on_menu(self, t: int, visit: Visit, _token: int) -> None:
        step, visit.plan = visit.plan[0], visit.plan[1:]
        if step == "h":
            self.write(t, ev.IVR_HANGUP, visit.call, -1, -1, None, visit.ivr)
            return
        if step == "t":
            self.write(t, ev.IVR_TIMEOUT, visit.call, -1, -1, None, visit.ivr)
            self._plan_step(t, visit)
            return
        self.write(t, ev.IVR_KEY, visit.call, -1, -1, step, visit.ivr)
        kind, target = self._routes[visit.ivr][step]
        if kind == "ivr":
            visit.ivr = target
            self._open_menu(t, visit)
        elif kind == "queue":
            self.enter(t, target, visit.number, -1, visit.call)
        else:
            self._ring(t, visit.call, visit.number, kind, target)

    # -- calls past the queues -------------------------------------------------------------------------------

    def _on_side(self, t: int, _subject: None, _token: int) -> None:
        """Somebody calls a person, a group, or chooses one in a menu."""
        rng = self.rng
        if t >= self.opening + OPEN_FOR:
            return
        self.schedule(t + 1 + int(rng.expovariate(1 / self._side_ms)), T_SIDE, None)
        call, number = self.new_call_id(), self.behaviour.number()
        if rng.random() < 0.2:
            self._call_menu(t, call, number, rng.choice(list(self._main_dids)), rng.choice("880"))
            return
        did = rng.choice(self._phone_dids)
        self.write(t, ev.ARRIVE, call, -1, -1, number, did.index)
        self._ring(t, call, number, did.kind, did.target)

    def _on_office(self, t: int, _subject: None, _token: int) -> None:
        """A phone outside the queues calls another one, or an agent."""
        rng = self.rng
        if t >= self.opening + OPEN_FOR:
            return
        self.schedule(t + 1 + int(rng.expovariate(1 / self._office_ms)), T_OFFICE, None)
        caller = rng.choice(self._office)
        other = rng.choice(self._office) if rng.random() < 0.5 else rng.randrange(len(self.desks))
        if caller in self._busy or other == caller:
            return
        number = self._book.extensions[caller].number
        call = self.new_call_id()
        self.write(t, ev.OFFICE_CALL, call, -1, -1, number)
        self._ring(t, call, number, "extension", other)

    def _ring(self, t: int, call: int, number: str, kind: str, target: int) -> None:
        if kind == "ring_group":
            self._ring_group(t, call, number, target)
        elif target < len(self.desks):
            self._ring_agent(t, call, number, self.desks[target])
        elif target in self._busy:
            self._refuse(t, call, target)
        else:
            self._busy.add(target)
            self.write(t, ev.EXT_RING, call, -1, -1, number, target)
            self._await(t, Ringing(call, (target,), -1, None), 0.78, _NO_ANSWER_MS)

    def _ring_agent(self, t: int, call: int, number: str, desk: Desk) -> None:
        if desk.phase == IDLE:
            desk.phase = DIALING
            desk.token += 1
            self.write(t, ev.EXT_RING, call, -1, desk.index, number, desk.index)
            self._await(t, Ringing(call, (desk.index,), -1, desk), 0.9, _NO_ANSWER_MS)
        elif desk.phase in (OFF, PAUSED):  # rings at an empty chair
            self.write(t, ev.EXT_RING, call, -1, -1, number, desk.index)
            self._await(t, Ringing(call, (desk.index,), -1, None), 0.0, _NO_ANSWER_MS)
        else:
            self._refuse(t, call, desk.index)

    def _refuse(self, t: int, call: int, extension: int) -> None:
        self.write(t, ev.EXT_BUSY, call, -1, -1, None, extension)
        if self.rng.random() < 0.5:
            self.leave_message(t, call, -1, self._book.extensions[extension].number)

    def _ring_group(self, t: int, call: int, number: str, index: int) -> None:
        group = self._book.ring_groups[index]
        self.write(t, ev.GROUP_RING, call, -1, -1, None, index)
        free = tuple(member for member in group.members if member not in self._busy)
        for member in group.members:
            if member in free:
                self._busy.add(member)
                self.write(t, ev.EXT_RING, call, -1, -1, number, member)
            else:
                self.write(t, ev.EXT_BUSY, call, -1, -1, None, member)
        self._await(t, Ringing(call, free, index, None), 0.85 if free else 0.0, group.ring_ms if free else 0)

    def _await(self, t: int, ringing: Ringing, share: float, longest: int) -> None:
        if self.rng.random() < share:
            ringing.answered_by = self.rng.choice(ringing.extensions)
            longest = int(self.rng.uniform(2_500, 14_000))
        self.schedule(t + longest, T_EXT_RESULT, ringing)

    def _on_ext_result(self, t: int, ringing: Ringing, _token: int) -> None:
        winner, call = ringing.answered_by, ringing.call
        agent = -1 if ringing.desk is None else ringing.desk.index
        for extension in ringing.extensions:
            if extension != winner:
                why = "no_answer" if winner < 0 else "elsewhere"
                self.write(t, ev.EXT_MISS, call, -1, agent, why, extension)
                self._busy.discard(extension)
        if winner >= 0:
            self.write(t, ev.EXT_ANSWER, call, -1, agent, None, winner)
            self.schedule(t + self.some_talk(110_000), T_EXT_END, ringing)
            return
        if ringing.group >= 0:
            self.write(t, ev.GROUP_MISS, call, -1, -1, None, ringing.group)
        if ringing.desk is not None:
            self.free(t, ringing.desk)
        if ringing.extensions and self.rng.random() < 0.5:
            book = self._book
            number = book.ring_groups[ringing.group].number if ringing.group >= 0 else ""
            self.leave_message(t, call, -1, number or book.extensions[ringing.extensions[0]].number)

    def _on_ext_end(self, t: int, ringing: Ringing, _token: int) -> None:
        agent = -1 if ringing.desk is None else ringing.desk.index
        side = "caller" if self.rng.random() < 0.6 else "extension"
        self.write(t, ev.EXT_END, ringing.call, -1, agent, side, ringing.answered_by)
        self._busy.discard(ringing.answered_by)
        if ringing.desk is not None:
            self.free(t, ringing.desk)
