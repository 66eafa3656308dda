"""Small scenes with every choice written down: routing, no answer, patience, transfer."""

from __future__ import annotations

from dataclasses import dataclass, field

from console.demo.world import events as ev
from console.demo.world.engine import Engine


@dataclass
class Script:
    """Choices by call in order of asking; the last one repeats."""

    arrivals: list[tuple[int, int]] = field(default_factory=list)
    patiences: list[int] = field(default_factory=lambda: [10_000_000])
    rings: list[tuple[int, bool]] = field(default_factory=lambda: [(0, True)])
    talks: list[int] = field(default_factory=lambda: [60_000])
    transfers: list[int | None] = field(default_factory=lambda: [None])
    hold_times: tuple[int, int] | None = None
    wrap: int = 0
    longest: int = 10_000_000

    def _next(self, choices: list) -> object:  # type: ignore[type-arg]
        return choices.pop(0) if len(choices) > 1 else choices[0]

    def next_arrival(self, queue: int, t: int) -> int | None:
        due = [when for when, where in self.arrivals if where == queue and when > t]
        return min(due) if due else None

    def number(self) -> str:
        return "+1 202 555 0100"

    def patience(self, queue: int) -> int:
        return self._next(self.patiences)  # type: ignore[return-value]

    def ring(self) -> tuple[int, bool]:
        return self._next(self.rings)  # type: ignore[return-value]

    def talk(self, queue: int) -> int:
        return self._next(self.talks)  # type: ignore[return-value]

    def hold(self, talk: int) -> tuple[int, int] | None:
        return self.hold_times

    def wrap_up(self, queue: int) -> int:
        return self.wrap

    def transfer(self, queue: int) -> int | None:
        return self._next(self.transfers)  # type: ignore[return-value]

    def account_code(self) -> str | None:
        return None

    def no_answer_pause(self) -> int:
        return 30_000

    def voicemail_after(self) -> int:
        return self.longest


def play(script: Script, skills: list[tuple[int, ...]], queues: int = 1) -> list[tuple[int, str, int, int]]:
    """Run a scene to its end: (time, event, call, agent)."""
    engine = Engine(queues, skills, script)
    for desk in engine.desks:
        engine.log_in(desk.index, desk)
    for queue in range(queues):
        engine.open_queue(queue, 0)
    engine.run_until(10_000_000)
    return [(t, ev.NAMES[kind], call, agent) for t, kind, call, _, agent, _, _ in engine.log if call >= 0]


def test_who_is_idle_for_longest_gets_the_call_and_callers_are_served_in_order() -> None:
    """Two agents, three calls: the third waits for the first to be free."""
    seen = play(Script([(1000, 0), (2000, 0), (3000, 0)]), [(0,), (0,)])
    assert [(t, call, agent) for t, event, call, agent in seen if event == "answer"] == [
        (1000, 1, 0),
        (2000, 2, 1),
        (61_000, 3, 0),
    ]


def test_an_agent_serves_the_longest_waiting_of_all_its_queues() -> None:
    """Not the first queue first."""
    script = Script([(1000, 1), (2000, 1), (3000, 0)])
    assert [call for _, event, call, _ in play(script, [(0, 1)], 2) if event == "answer"] == [1, 2, 3]


def test_a_call_not_answered_goes_back_to_its_old_place() -> None:
    """Call 1 rings out while 2 and 3 wait; the next agent free takes call 1."""
    script = Script([(1000, 0), (2000, 0), (3000, 0)], rings=[(20_000, False), (0, True)])
    seen = play(script, [(0,)])
    assert seen[:4] == [(1000, "enter", 1, -1), (1000, "ring", 1, 0), (2000, "enter", 2, -1), (3000, "enter", 3, -1)]
    assert seen[4] == (21_000, "no_answer", 1, 0)
    assert [(t, call) for t, event, call, _ in seen if event == "answer"] == [(51_000, 1), (111_000, 2), (171_000, 3)]


def test_a_caller_may_hang_up_while_the_phone_rings() -> None:
    """The agent is free again at once, for the next in line."""
    script = Script([(1000, 0), (1500, 0)], patiences=[3000, 10_000_000], rings=[(9000, True), (0, True)])
    seen = play(script, [(0,)])
    assert (4000, "abandon", 1, 0) in seen
    assert (4000, "answer", 2, 0) in seen
    assert not [event for _, event, call, _ in seen if call == 1 and event == "answer"]


def test_a_caller_may_hang_up_in_line_and_is_never_offered() -> None:
    """Patience ends while waiting."""
    seen = play(Script([(1000, 0), (2000, 0), (3000, 0)], patiences=[9_000_000, 5000, 9_000_000]), [(0,)])
    assert [entry for entry in seen if entry[2] == 2] == [(2000, "enter", 2, -1), (7000, "abandon", 2, -1)]
    assert (61_000, "answer", 3, 0) in seen


def test_who_waits_too_long_goes_to_voicemail_which_is_not_abandoned() -> None:
    """The limit is the system's, not the caller's."""
    seen = play(Script([(1000, 0), (2000, 0)], longest=30_000), [(0,)])
    assert (32_000, "voicemail", 2, -1) in seen
    assert not [entry for entry in seen if entry[1] == "abandon"]


def test_hold_and_after_call_work_keep_the_agent() -> None:
    """A caller who hangs up on hold is never retrieved."""
    scene = Script([(1000, 0), (2000, 0)], hold_times=(10_000, 20_000), wrap=5000)
    seen = play(scene, [(0,)])
    assert seen[4:7] == [(11_000, "hold", 1, 0), (21_000, "retrieve", 1, 0), (61_000, "end", 1, 0)]
    assert (66_000, "answer", 2, 0) in seen
    lost = play(Script([(1000, 0)], hold_times=(10_000, 99_000)), [(0,)])
    assert [event for _, event, _, _ in lost] == ["enter", "ring", "answer", "hold", "end"]


def test_a_transfer_ends_one_leg_and_starts_the_next_with_the_same_caller() -> None:
    """The next leg names the one before."""
    script = Script([(1000, 0)], transfers=[1, None])
    engine = Engine(2, [(0,), (1,)], script)
    for desk in engine.desks:
        engine.log_in(0, desk)
    engine.open_queue(0, 0)
    engine.run_until(10_000_000)
    told = [event for event in engine.log if event[1] in (ev.ENTER, ev.TRANSFER, ev.END)]
    assert told == [
        (1000, ev.ENTER, 1, 0, -1, "+1 202 555 0100", -1),
        (61_000, ev.TRANSFER, 1, 0, 0, None, 2),
        (61_000, ev.END, 1, 0, 0, None, -1),
        (61_000, ev.ENTER, 2, 1, -1, "+1 202 555 0100", 1),
        (121_000, ev.END, 2, 1, 1, None, -1),
    ]


def test_pauses_and_leaving_wait_for_the_work_in_hand() -> None:
    """A pause in the middle of a call starts after it, and so does going home."""
    engine = Engine(1, [(0,)], Script([(1000, 0), (70_000, 0)]))
    desk = engine.desks[0]
    engine.log_in(0, desk)
    engine.open_queue(0, 0)
    engine.run_until(2000)
    engine.pause(2000, desk, "Lunch", 5_000)
    engine.run_until(70_000)
    engine.log_out(70_000, desk)
    engine.run_until(10_000_000)
    steps = [(t, ev.NAMES[kind], text) for t, kind, _, _, agent, text, _ in engine.log if agent == 0]
    assert (61_000, "pause", "Lunch") in steps
    assert (66_000, "ready", None) in steps
    assert steps[-2:] == [(130_000, "end", None), (130_000, "logout", None)]
