"""What the console costs beside the work of a supervisor's PC: 12 queues and 60 agents of the demo, polled each 5 s.

CPU and memory as it runs, by polling and by websocket; then an hour of polls, refreshes and ticking seconds in a minute
(the console's clock runs faster, nothing else is different), for what memory grows by.
"""

from __future__ import annotations

from harness import PEER, compile_all, console_home, demo, options, show, watch

POLLS = 720  # an hour at one each 5 s
WARM_POLLS = 120
LAPSE = 100.0


def main() -> None:
    """Measure and print."""
    chosen = options(__doc__, seconds=10)
    compile_all()
    plan = {"settle_s": 5.0, "measure_s": chosen.seconds, "profile": chosen.profile}
    with demo() as server:
        with console_home(server, poll_s=5.0) as (words, env):
            polled = watch(plan, words, env, "1366x768")
        with console_home(server, poll_s=5.0, transport="automatic") as (words, env):
            pushed = watch(plan | {"profile": ""}, words, env, "1366x768")
    show("idle.cpu", polled["cpu_percent"], "%", 3.0, "of a core, aim <= 3")
    show("idle.cpu.websocket", pushed["cpu_percent"], "%", 3.0, "of a core, changes pushed each second")
    peer = PEER[2_000]["memory"]
    show("idle.memory", polled["rss_mib"], "MiB", peer, "resident, aim <= 0.33x of the peer's 477")
    grown, polls = growth(WARM_POLLS, POLLS)
    show("idle.memory_growth", grown, "MiB", 5.0, f"after {polls} polls, aim <= 5")
    grown, polls = growth(POLLS, 2 * POLLS)
    show("idle.memory_growth.second_hour", grown, "MiB", 5.0, f"from poll {POLLS} to {polls}: bounded logs are full")


def growth(warm_polls: int, polls: int) -> tuple[float, int]:
    """What memory grows by between two polls of a run in time lapse, in MiB, and the polls that were made."""
    plan = {"polls": polls, "warm_polls": warm_polls, "lapse": LAPSE}
    with demo("--speed", f"{LAPSE:.0f}") as server, console_home(server, poll_s=5.0) as (words, env):
        seen = watch(plan, words, env, "1366x768")
    return seen["rss_mib"] - seen["rss_first_mib"], int(seen["polls"])


if __name__ == "__main__":
    main()
