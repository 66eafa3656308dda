"""Faults on demand: what may go wrong at a wire server, and for how long."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

KINDS: Final[frozenset[str]] = frozenset(
    {
        "down",
        "hang",
        "slow",
        "status",
        "html",
        "truncate",
        "revoke_key",
        "drop_sockets",
        "mute_sockets",
        "clock_skew",
        "no_metrics",
        "old_version",
        "invalid_json",
        "never_warm",
        "unknown_metric",
        "errcode",
        "expire_tokens",
        "reset_counters",
        "report_202_forever",
        "report_429",
        "report_foreign",
        "report_slow",
        "report_failed",
        "report_silent",
        "report_html",
        "report_truncate",
        "report_expired",
    }
)
"""Every kind but ``clear``, which ends them all.

``reset_counters`` happens once and stays done until the day ends: the live counters of the day begin anew, as after a
restart of the system. Reports know the whole day all the same.

Those of report files: ``report_slow`` takes ``ms`` (5000) to make one; ``report_failed`` makes none (``errcode``, -1);
``report_silent`` never tells that one is ready; ``report_html`` sends a sign-in page in its place, ``report_truncate``
its first half over a connection that breaks (``"mode": "reply"``: as a whole reply), ``report_expired`` says that its
link is over. Their ``path`` is matched against the report's type while it is made, then against the file's name.
"""


@dataclass
class Fault:
    """One fault in force. ``path`` limits it to addresses that contain that text, ``times`` to so many calls."""

    kind: str
    path: str = ""
    times: int | None = None
    args: dict[str, Any] = field(default_factory=dict)

    def takes(self, path: str) -> bool:
        """Tell whether this call is hit, and count it."""
        if self.path not in path or self.times == 0:
            return False
        if self.times is not None:
            self.times -= 1
        return True

    def number(self, name: str, default: float) -> float:
        """Give a numeric argument."""
        value = self.args.get(name, default)
        return float(value) if isinstance(value, int | float) else default


def parse_fault(body: object) -> tuple[str | None, Fault | None]:
    """Read a fault request: profile (None = all) and fault (None = clear). ValueError says what is wrong."""
    if not isinstance(body, dict):
        raise ValueError("The body must be a JSON object with a kind.")
    args = dict(body)
    kind = args.pop("kind", None)
    profile = args.pop("profile", None)
    path = args.pop("path", "")
    times = args.pop("times", None)
    if kind != "clear" and kind not in KINDS:
        raise ValueError(f"There is no fault {kind!r}. Kinds: clear, {', '.join(sorted(KINDS))}.")
    if profile is not None and not isinstance(profile, str):
        raise ValueError("The profile must be a name.")
    if not isinstance(path, str) or not (times is None or isinstance(times, int)):
        raise ValueError("path must be text and times a whole number.")
    return profile, None if kind == "clear" else Fault(str(kind), path, times, args)
