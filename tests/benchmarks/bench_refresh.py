"""A floor of thousands each second, through adapter, store, bridge and window: how long does the loop stand still?

Two floors: 200 queues with 10 figures and 2,000 agents with 4 (10,000 values, 2 MB of JSON), then 10,000 agents. Of
each: a second's usual changes (8 % of the agents, 60 % of the queues, as the peer was measured with), and every value
changed each second, which no floor does.
"""

from __future__ import annotations

from statistics import median

from harness import PEER, compile_all, console_home, floor, options, show, watch

AIMS = {2_000: (25.0, 40.0), 10_000: (40.0, 60.0)}
EVERYTHING = ("--queue-share", "1", "--agent-share", "1")


def measure(name: str, agents: int, seconds: float, profile: str, *changes: str) -> None:
    """One floor, and how it was followed."""
    plan = {"settle_s": 5.0, "measure_s": seconds, "gaps": True, "profile": profile}
    with (
        floor("--queues", "200", "--agents", str(agents), *changes) as server,
        console_home(server, poll_s=1.0) as (arguments, env),
    ):
        seen = watch(plan, arguments, env)
    peer, (worst_aim, max_aim) = PEER[agents], AIMS[agents]
    worst = seen["worst_ms"]
    show(f"{name}.gap_max", seen["gap_max_ms"], "ms", peer["gap_max"], f"aim <= {max_aim:.0f}, peer {peer['gap_max']}")
    text = f"aim <= {worst_aim:.0f}, peer {peer['worst_median']} ({seen['polls']} refreshes)"
    show(f"{name}.worst_gap_median", median(worst), "ms", peer["worst_median"], text)
    show(f"{name}.gap_p99", seen["gap_p99_ms"], "ms")
    show(f"{name}.cpu", seen["cpu_percent"], "%", peer["cpu"], f"of a core, peer {peer['cpu']:.0f} %")
    show(f"{name}.memory", seen["rss_mib"], "MiB", PEER[2_000]["memory"], "peer 477 MiB with 2,000 agents")


def main() -> None:
    """Measure and print."""
    chosen = options(__doc__, seconds=10)
    compile_all()
    with floor("--queues", "200", "--agents", "2000") as server, console_home(server, poll_s=600.0) as (words, env):
        idle = watch({"settle_s": 4.0, "measure_s": min(8.0, chosen.seconds), "gaps": True}, words, env)
    show("refresh.idle.cpu", idle["cpu_percent"], "%", None, "the same floor on screen, no polls, seconds ticking")
    show("refresh.idle.gap_max", idle["gap_max_ms"], "ms")
    measure("refresh.10000_values", 2_000, chosen.seconds, chosen.profile)
    measure("refresh.10000_values.all_changed", 2_000, chosen.seconds, "", *EVERYTHING)
    measure("refresh.10000_agents", 10_000, chosen.seconds, "")
    measure("refresh.10000_agents.all_changed", 10_000, chosen.seconds, "", *EVERYTHING)


if __name__ == "__main__":
    main()
