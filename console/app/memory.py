"""When Python looks for garbage in circles: on Qt's thread only, little and often, and thoroughly now and then.

Python's own collector runs in whatever thread happens to allocate, and so it would free closed windows, their models
and running timers on the thread of an export. Qt's objects must be freed on their own thread: a timer freed elsewhere
stays in Qt's list, and the program dies when it is due ("Thread affinity" in Qt's documentation of QObject; the crash
and the remedy are old acquaintances: https://github.com/pyqtgraph/pyqtgraph/issues/1628). So the collector is off for
as long as the program lives, and a timer of the window looks instead.

Ten thousand readings a second also leave the collector's default thresholds behind: about once a second it would go
through everything there is, which stops all threads for 70 ms and more, in the middle of whatever is being drawn.
Nearly everything the console drops is freed at once by reference counts; circles come from errors and closed windows.
"""

from __future__ import annotations

import gc

LOT = 8_000  # new objects at one look that only a snapshot of thousands of rows makes: they are in no circle
YOUNG = 5_000  # new objects between two looks at the youngest; such a look takes about half a millisecond
MIDDLE = 2  # looks at the youngest for each at the middle ones
LOOK_MS = 200  # between two calls of `look_when_due`
THOROUGH_MS = 10 * 60 * 1000  # between two calls of `look_everywhere`


def rest_collector() -> None:
    """Look for nothing from now on, unless told to; while the program starts it only makes what stays."""
    gc.disable()


def spare_what_stays() -> None:
    """Spare what is there by now (modules, classes, widgets) from every later look."""
    gc.freeze()


def look_when_due() -> None:
    """Look at what is new, when there is enough of it; to be called often, on Qt's thread.

    A lot at once is put aside unseen, which takes no time: ten thousand agents are an eighth of a core to look at each
    second, in steps of tens of milliseconds. What of it was in a circle waits for `look_everywhere`.
    """
    young, middle, _ = gc.get_count()
    if young >= LOT:
        gc.freeze()
    elif young >= YOUNG:
        gc.collect(1 if middle >= MIDDLE else 0)


def look_everywhere() -> None:
    """Go through everything, and put aside what stays; to be called on Qt's thread."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
