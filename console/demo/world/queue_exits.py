"""How callers leave a queue without an agent, what follows a call, and calling back. On top of the engine."""

from __future__ import annotations

from math import exp, log
from random import Random

from console.demo.world import events as ev
from console.demo.world.engine import (
    DIALING,
    FIRST_OWN_TIMER,
    OFF,
    TALKING,
    Behaviour,
    Call,
    Desk,
    Engine,
    Handler,
    Limit,
)
from console.demo.world.site import Site

MINUTE = 60_000
OPEN_FOR = 13 * 60 * MINUTE
LONGEST_TALK = 40 * MINUTE
ANONYMOUS = "Anonymous"

_EMPTY_MS = 10_000  # how long the announcement takes that nobody is there
_KEY_SHARE, _CALLBACK_SHARE = 0.06, 0.16  # of the callers who wait long enough to hear the offer
_ATTEMPTS = 2
_SURVEY_SHARE, _TAG_SHARE = 0.3, 0.15

T_MESSAGE, T_SURVEY, T_TAG, T_CALLBACK, T_CB_ANSWER, T_CB_END = range(FIRST_OWN_TIMER, FIRST_OWN_TIMER + 6)
FIRST_TELEPHONY_TIMER = FIRST_OWN_TIMER + 6


class Wish:
    """A callback somebody asked for: which call, where, how often it was tried."""

    __slots__ = ("attempt", "call", "desk", "number", "queue", "tries")

    def __init__(self, call: int, queue: int, number: str) -> None:
        self.call = call
        self.queue = queue
        self.number = number
        self.tries = 0
        self.attempt = -1
        self.desk: Desk | None = None


class QueueExits(Engine):
    """The engine with queue settings, callbacks, surveys and tags."""

    def __init__(self, site: Site, opening: int, rng: Random, behaviour: Behaviour) -> None:
        self.rng = rng
        self.opening = opening
        self.site = site
        self._settings = site.directory.queue_settings
        super().__init__(len(site.queues), [agent.queues for agent in site.agents], behaviour)

    def more_handlers(self) -> list[Handler]:
        """Timers for messages, surveys, tags and callbacks."""
        return [
            self._on_message,
            self._on_survey,
            self._on_tag,
            self._on_callback,
            self._on_callback_answer,
            self._on_callback_end,
        ]

    # -- leaving a queue -------------------------------------------------------------------------------------

    def limit(self, queue: int, number: str, origin: int) -> Limit:
        """The first of: hanging up, a key, the queue's longest wait, nobody there."""
        settings = self._settings[queue]
        patience = self.behaviour.patience(queue)
        if settings.leave_when_empty and all(self.desks[who].phase == OFF for who in self.site.members[queue]):
            return (patience, ev.ABANDON, None) if patience < _EMPTY_MS else (_EMPTY_MS, ev.EXIT_EMPTY, None)
        best: Limit = (patience, ev.ABANDON, None)
        if patience > settings.max_wait_ms:
            kind = {"voicemail": ev.VOICEMAIL, "hangup": ev.EXIT_TIMEOUT, "queue": ev.OVERFLOW}[settings.fail_kind]
            if kind == ev.OVERFLOW and origin >= 0:
                kind = ev.VOICEMAIL  # nobody is sent around in circles
            best = (settings.max_wait_ms, kind, None)
        draw = self.rng.random()
        if draw < _KEY_SHARE:
            if settings.exit_key is not None:
                best = min(best, (int(self.rng.uniform(20_000, 80_000)), ev.EXIT_KEY, settings.exit_key))
        elif draw < _KEY_SHARE + _CALLBACK_SHARE and settings.callback_key is not None and number != ANONYMOUS:
            best = min(best, (int(self.rng.uniform(25_000, 100_000)), ev.CALLBACK, settings.callback_key))
        return best

    def left_queue(self, t: int, call: Call, follow_up: int) -> None:
        """Overflow goes on in the next queue, a callback is planned, most of the others leave a message."""
        if call.way_out == ev.OVERFLOW:
            self.enter(t, self._settings[call.queue].fail_target, call.number, call.id, follow_up)
        elif call.way_out == ev.CALLBACK:
            wish = Wish(call.id, call.queue, call.number)
            self.schedule(t + int(self.rng.uniform(2, 12) * MINUTE), T_CALLBACK, wish)
        elif call.way_out in (ev.VOICEMAIL, ev.EXIT_KEY) and self.rng.random() < 0.7:
            self.leave_message(t, call.id, call.queue, None)

    def leave_message(self, t: int, call: int, queue: int, mailbox: str | None) -> None:
        """Let a caller speak a message, into a queue's mailbox or that of an extension."""
        greeting, length = 6000, 4000 + int(self.rng.expovariate(1 / 18_000))
        length = min(length, 90_000)
        self.schedule(t + greeting + length, T_MESSAGE, (call, queue, mailbox), length)

    def _on_message(self, t: int, subject: tuple[int, int, str | None], length: int) -> None:
        call, queue, mailbox = subject
        self.write(t, ev.MESSAGE, call, queue, -1, mailbox, length)

    # -- the end of a call -----------------------------------------------------------------------------------

    def who_hangs_up(self, call: Call) -> int:
        """Who is on hold hangs up; otherwise the agent does in four of ten."""
        return 1 if not call.held and self.rng.random() < 0.4 else 0

    def transfer_kind(self) -> str:
        """Six in ten are blind."""
        return "blind" if self.rng.random() < 0.6 else "attended"

    def after_call(self, t: int, call: Call, agent: int) -> None:
        """Some callers answer the survey, if only its first question; some calls get a tag."""
        rng = self.rng
        draw = rng.random()
        if draw < _TAG_SHARE:
            tag = rng.choice(self.site.directory.tags)
            self.schedule(t + 4000, T_TAG, (call.id, call.queue, agent, tag))
        if self._settings[call.queue].survey and rng.random() < _SURVEY_SHARE:
            at = t
            for number, question in enumerate(self.site.directory.questions):
                if number and rng.random() < 0.25:
                    break
                at += int(rng.uniform(5_000, 14_000))
                score = rng.choices((5, 4, 3, 2, 1), (45, 28, 14, 7, 6))[0] if number == 0 else rng.choice((1, 1, 1, 2))
                subject = (call.id, call.queue, agent, question.id)
                self.schedule(at, T_SURVEY, subject, max(question.lowest, min(question.highest, score)))

    def _on_survey(self, t: int, subject: tuple[int, int, int, str], score: int) -> None:
        call, queue, agent, question = subject
        self.write(t, ev.SURVEY, call, queue, agent, question, score)

    def _on_tag(self, t: int, subject: tuple[int, int, int, str], _token: int) -> None:
        call, queue, agent, tag = subject
        self.write(t, ev.TAG, call, queue, agent, tag)

    # -- calling back ----------------------------------------------------------------------------------------

    def _on_callback(self, t: int, wish: Wish, _token: int) -> None:
        """The agent idle for longest calls back; while nobody is, the wish waits, until closing at most."""
        if t > self.opening + OPEN_FOR:
            self.write(t, ev.CB_RESULT, wish.call, wish.queue, -1, None, ev.RESULTS.index("failed"))
            return
        desk = self.take_idle(wish.queue)
        if desk is None:
            self.schedule(t + 20_000, T_CALLBACK, wish)
            return
        wish.tries += 1
        wish.attempt = self.new_call_id()
        wish.desk = desk
        desk.phase = DIALING
        desk.token += 1
        self.write(t, ev.CB_DIAL, wish.attempt, wish.queue, desk.index, wish.number, wish.call)
        ring = int(self.rng.uniform(5, 25) * 1000)
        self.schedule(t + ring, T_CB_ANSWER if self.rng.random() < 0.72 else T_CB_END, wish)

    def _on_callback_answer(self, t: int, wish: Wish, _token: int) -> None:
        desk = wish.desk
        if desk is None:
            return
        desk.phase = TALKING
        self.write(t, ev.CB_ANSWER, wish.attempt, wish.queue, desk.index)
        self.schedule(t + self.some_talk(160_000), T_CB_END, wish)

    def _on_callback_end(self, t: int, wish: Wish, _token: int) -> None:
        desk = wish.desk
        if desk is None:
            return
        reached = desk.phase == TALKING
        result = 0 if reached else self.rng.choice((1, 1, 2))
        code = self.behaviour.account_code() if reached else None
        self.write(t, ev.CB_END, wish.attempt, wish.queue, desk.index, code, result)
        if reached or wish.tries == _ATTEMPTS:
            self.write(t, ev.CB_RESULT, wish.call, wish.queue, desk.index, None, result)
        else:
            self.schedule(t + 10 * MINUTE, T_CALLBACK, wish)
        wish.desk = None
        self.free(t, desk)

    def some_talk(self, mean_ms: float) -> int:
        """Draw how long people talk: log-normal, never less than a second."""
        return min(LONGEST_TALK, 1000 + int(exp(self.rng.gauss(log(mean_ms), 0.7))))
