"""When Python looks for garbage in circles: little and often, and thoroughly only now and then.

Ten thousand readings a second leave the collector's default thresholds behind: about once a second it would go through
everything there is, which stops all threads for 70 ms and more, in the middle of whatever is being drawn. Nearly
everything the console drops is freed at once by reference counts; circles come from errors and closed windows.
"""

from __future__ import annotations

import gc

YOUNG = 5_000  # new objects between two looks at the youngest; such a look takes about half a millisecond
MIDDLE = 2  # looks at the youngest for each at the middle ones
NEVER = 1_000_000  # looks at the middle ones until Python itself would go through everything
THOROUGH_MS = 10 * 60 * 1000  # between two calls of `look_everywhere`


def rest_collector() -> None:
    """Look for nothing while the program starts: it only makes what stays."""
    gc.disable()


def calm_collector() -> None:
    """Set the thresholds, and spare what is there by now (modules, classes, widgets) from every later look."""
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, NEVER)
    gc.enable()


def look_everywhere() -> None:
    """Go through everything that came after `calm_collector`."""
    gc.collect()
