"""One frame of 500 queues and 10,000 agents judged by twelve rules, on the UI thread.

Between two frames most rows stay the same objects; a tenth of the agents and all queues change. The ratio is to the
frame budget; a frame in which every row is new (after a gap, or from a recording) is shown beside it.
"""

from __future__ import annotations

import gc
import random
from datetime import UTC, datetime
from statistics import median
from time import thread_time

from harness import options, show

from console.domain.alert_evaluator import Evaluator
from console.domain.alert_rules import Compare, Condition, Rule, Scope
from console.domain.board import Source
from console.domain.enums import AgentStatus, HealthState, Section
from console.domain.frames import Frame
from console.domain.model import ColumnInfo, Health, ProfileId, Row, Snapshot
from console.domain.profile import Profile
from console.domain.values import Reading, Status, Unit, count, text
from console.engine.alerts.defaults import default_rules

QUEUES, AGENTS, CHANGED = 500, 10_000, 1_000
BUDGET_MS = 30.0
STATES = ("available", "on_call", "after_call", "paused", "logged_off")
T0 = 1_800_000_000_000.0


def queue(number: int, dice: random.Random, at: float) -> Row:
    """A queue; one in fifty is in trouble all day."""
    waiting = dice.choice((0, 0, 0, 1, 2, 6))
    longest = (
        Reading(Status.OK, dice.randrange(150_000), Unit.MS, 1.0, at) if waiting else Reading(Status.OK, 0, Unit.MS)
    )
    readings = {
        "waiting": count(waiting),
        "longest_wait": longest,
        "agents_available": count(dice.randrange(12)),
        "service_level": Reading(Status.OK, dice.uniform(70, 100) if number % 50 else 58.0, Unit.PERCENT),
        "abandon_rate": Reading(Status.OK, dice.uniform(0, 7) if number % 50 else 9.0, Unit.PERCENT),
    }
    return Row(f"q{number}", f"Queue {number}", readings)


def agent(number: int, dice: random.Random, at: float) -> Row:
    """An agent in some state since some time."""
    since = Reading(Status.OK, int(dice.expovariate(1 / 150_000)), Unit.MS, 1.0, at)
    readings = {"state": text(dice.choice(STATES)), "time_in_state": since, "queues": text("Sales, Support")}
    return Row(f"a{number}", f"Agent {number}", readings)


def frame(at: float, queues: list[Row], agents: list[Row]) -> Frame:
    """The floor at a moment."""
    now = datetime.now(UTC)
    columns = {
        Section.QUEUES: tuple(ColumnInfo(name, name, Unit.COUNT) for name in queues[0].readings),
        Section.AGENTS: tuple(ColumnInfo(name, name, Unit.COUNT) for name in agents[0].readings),
    }
    snapshot = Snapshot(ProfileId("p"), "chronicall", now, columns, tuple(queues), tuple(agents))
    profile = Profile(ProfileId("p"), "Floor", "chronicall", "http://127.0.0.1:9")
    return Frame(at, Source(profile, "Chronicall", snapshot, Health(HealthState.LIVE, now)), at + 15_000)


def rules() -> list[Rule]:
    """The six of the house, and six about states."""
    timed = (
        (AgentStatus.AFTER_CALL, 6),
        (AgentStatus.ON_CALL, 40),
        (AgentStatus.RINGING, 1),
        (AgentStatus.PAUSED, 30),
    )
    own = [
        Rule(state, state, Scope.AGENT, (Condition("time_in_state", Compare.ABOVE, m * 60e3, 0, frozenset({state})),))
        for state, m in timed
    ]
    word = Rule("w", "w", Scope.AGENT, (Condition("state", Compare.IS, "unknown"),))
    busy = Rule("b", "b", Scope.QUEUE, (Condition("waiting", Compare.AT_LEAST, 10.0, 2.0),), for_s=10)
    return [*default_rules(), *own, word, busy]


def main() -> None:
    """Measure and print."""
    gc.disable()  # as in the program, which looks for garbage at moments of its own
    runs = options(__doc__, seconds=0, runs=25).runs
    dice = random.Random(5)
    evaluator = Evaluator(rules())
    queues = [queue(number, dice, T0) for number in range(QUEUES)]
    agents = [agent(number, dice, T0) for number in range(AGENTS)]
    evaluator.put(frame(T0, queues, agents))
    usual, whole, steps, seconds = [], [], [], []
    for run in range(1, runs + 1):
        at = T0 + run * 5_000
        queues = [queue(number, dice, at) for number in range(QUEUES)]
        for number in dice.sample(range(AGENTS), CHANGED):
            agents[number] = agent(number, dice, at)
        newest = frame(at, queues, agents)
        started = thread_time()
        evaluator.put(newest)
        usual.append((thread_time() - started) * 1000)
        for second in range(1, 5):
            started = thread_time()
            evaluator.advance(at + second * 1000)
            seconds.append((thread_time() - started) * 1000)
    for run in range(1, 6):
        at = T0 + (runs + run) * 5_000
        queues = [queue(number, dice, at) for number in range(QUEUES)]
        newest = frame(at, queues, [Row(row.id, row.name, row.readings) for row in agents])
        started = last = thread_time()
        for _ in evaluator.put_slowly(newest):
            steps.append((thread_time() - last) * 1000)
            last = thread_time()
        whole.append((thread_time() - started) * 1000)
    show("a frame, a tenth of the agents changed", median(usual), "ms", BUDGET_MS, f"<= {BUDGET_MS:.0f} ms")
    show("the slowest of them", max(usual), "ms", BUDGET_MS)
    show("a frame in which every row is new", median(whole), "ms", BUDGET_MS)
    show("the longest step of it", max(steps), "ms", BUDGET_MS)
    show("a second without a frame", median(seconds), "ms", BUDGET_MS)


if __name__ == "__main__":
    main()
