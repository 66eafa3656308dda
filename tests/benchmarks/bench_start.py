"""From the first line of Python to the first painted main window, and to live numbers of a ready server.

Fresh processes, off screen, bytecode compiled, in turns with a bare `QWidget` so that a machine that slows down slows
both. The ratios are of medians.
"""

from __future__ import annotations

from statistics import median

from harness import PEER, bare, compile_all, console_home, floor, options, show, spread, watch


def main() -> None:
    """Measure and print."""
    runs = options(__doc__, seconds=0, runs=9).runs
    compile_all()
    with floor() as server, console_home(server, poll_s=5.0) as (arguments, env):
        bare(), watch({"leave_live": True}, arguments, env, "1366x768")  # the file cache is warm from here on
        limits, painted, live = [], [], []
        for _ in range(runs):
            limits.append(bare())
            seen = watch({"leave_live": True}, arguments, env, "1366x768")
            painted.append(seen["painted_ms"])
            live.append(seen["live_ms"])
    limit = median(limits)
    show("start.bare_widget", limit, "ms", None, spread(limits))
    show("start.first_paint", median(painted), "ms", limit, f"aim <= 2.5x bare {spread(painted)}")
    show("start.live_numbers", median(live), "ms", limit, f"aim <= 6x bare {spread(live)}")
    peer = PEER[2_000]["painted"]
    show("start.live_numbers.beside_peer", median(live), "ms", peer, f"peer {peer:.0f} ms to painted tables")


if __name__ == "__main__":
    main()
