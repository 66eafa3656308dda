"""The list of alerts on disk: one copy of the program keeps it, and writes what has changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from console.domain.alert_rules import Action, Rule
from console.domain.alerts import Alert
from console.domain.messages import Message
from console.engine.alerts.keeper import Keeper, Merge
from console.engine.alerts.ledger import Ledger
from console.engine.alerts.records import VERSION, decode_alert, encode_alert, without_names
from console.settings.disk import Disk
from console.settings.files import Body

_ENDLESS = float("inf")


class AlertFile:
    """Keeps a ledger on disk, and until when alerts are muted. A second copy of the program writes nothing.

    Args:
        hides_names: whether callers and agents are kept without their numbers and names from now on.

    Attributes:
        muted_until: epoch milliseconds; infinite: until it is undone; None: not muted.
    """

    def __init__(
        self,
        path: Path,
        ledger: Ledger,
        *,
        tell: Callable[[Message], None],
        hides_names: Callable[[], bool],
        disk: Disk | None = None,
    ) -> None:
        self._ledger = ledger
        self._hides_names = hides_names
        self._lines: dict[str, tuple[Alert, str, bool]] = {}
        self._foreign: list[str] = []  # alerts of a newer version, word for word
        self.muted_until: float | None = None
        self._keeper = Keeper(
            path, "list", version=VERSION, check=_check, make=self._merge, is_alone=True, tell=tell, disk=disk
        )

    async def load(self, rules: Iterable[Rule]) -> dict[str, str]:
        """Read the file into the ledger; gives the names of the profiles in it."""
        found = await self._keeper.load()
        body = found.body or {}
        muted = body.get("muted_until")
        if isinstance(muted, (int, float)) and not isinstance(muted, bool):
            self.muted_until = float(muted)
        elif muted == "undone":
            self.muted_until = _ENDLESS
        raises = {rule.id: Action.RAISE in rule.actions for rule in rules}
        names: dict[str, str] = {}
        alerts, self._foreign = await asyncio.to_thread(_decoded, body.get("alerts"))
        for alert in alerts:
            if alert.is_open:
                alert = replace(alert, has_data=False)  # until a frame says more
            names.setdefault(alert.profile_id, alert.profile_name)
            self._ledger.restore(alert, raises=raises.get(alert.rule_id, False))
        return names

    def touch(self, *, soon: bool = True) -> None:
        """Something has changed; without `soon` it is written together with whatever changes next."""
        self._keeper.touch(soon=soon)

    async def aclose(self) -> None:
        """Write what has changed, and end."""
        await self._keeper.aclose()

    def _merge(self) -> Merge:
        """Alerts as lines: thousands of them are written again and again, and a line is made but once."""
        lines: dict[str, tuple[Alert, str, bool]] = {}
        hides = self._hides_names()
        for alert in self._ledger.in_order:
            known = self._lines.get(alert.id)
            if known is None or known[0] is not alert or known[2] is not hides:
                known = (alert, encode_alert(without_names(alert) if hides else alert), hides)
            lines[alert.id] = known
        self._lines = lines
        body: dict[str, Any] = {"alerts": [*self._foreign, *(line for _, line, _ in lines.values())]}
        body["muted_until"] = "undone" if self.muted_until == _ENDLESS else self.muted_until
        return lambda found: {**(found.body or {}), **body}


def _decoded(lines: object) -> tuple[list[Alert], list[str]]:
    """The alerts of the file, and the lines only a newer version understands; thousands take a while."""
    alerts: list[Alert] = []
    foreign: list[str] = []
    for line in lines if isinstance(lines, list) else ():
        try:
            alerts.append(decode_alert(line))
        except ValueError:
            foreign.append(line)
    return alerts, foreign


def _check(body: Body) -> None:
    lines = body.get("alerts", [])
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise ValueError("no list of alerts")
