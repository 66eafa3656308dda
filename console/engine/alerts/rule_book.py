"""The alert rules and their file."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from console.domain.alert_rules import Rule
from console.domain.errors import UserError
from console.domain.messages import Message, message
from console.engine.alerts.defaults import default_rules
from console.engine.alerts.keeper import Keeper, Merge
from console.engine.alerts.records import VERSION, decode_rule, encode_rule
from console.settings.disk import Disk
from console.settings.files import Body, Document

NAME_LIMIT: Final = 80
RULE_LIMIT: Final = 500

Entry = dict[str, Any]
Step = tuple[str, Entry | None]  # id of a rule, and what it is from now on


class RuleBook:
    """Holds the rules in the user's order; those of a newer version word for word.

    Changes, not whole states, are laid over what the file holds at the moment of writing, so that two copies of the
    program lose nothing of either.

    Args:
        adopt: called after rules of another copy of the program have been taken over.
    """

    def __init__(
        self,
        path: Path,
        *,
        tell: Callable[[Message], None],
        adopt: Callable[[], None] = lambda: None,
        disk: Disk | None = None,
    ) -> None:
        self._adopt = adopt
        self._pending: list[Step] = []
        self._on_way = 0  # steps that are being written
        self._tell = tell
        self._rules: dict[str, Rule] = {rule.id: rule for rule in default_rules()}
        self._foreign: dict[str, Entry] = {}
        self._keeper = Keeper(
            path,
            "rules",
            version=VERSION,
            check=_check,
            make=self._merge,
            taken=self._take,
            tell=tell,
            disk=disk,
            pause_s=0.5,
        )
        self._path = path
        self._why = message("alert.rules_newer", path=str(path), version=VERSION)  # nothing may be changed

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules, in the user's order."""
        return tuple(self._rules.values())

    @property
    def is_read_only(self) -> bool:
        """Whether the file is a newer version's, or cannot be read: nothing may be changed."""
        return self._keeper.is_read_only

    async def load(self) -> None:
        """Read the file; without one there are the rules the console comes with."""
        found = await self._keeper.load()
        self._why = message("alert.rules_newer", path=str(self._path), version=found.version)
        if found.unreadable:
            self._why = message("alert.rules_unreadable", path=str(self._path), reason=found.unreadable)
        entries = found.body.get("rules") if found.body is not None else None
        if not isinstance(entries, list):
            return
        self._read(entries)
        if self._foreign and not self.is_read_only:
            self._tell(message("alert.rules_foreign"))

    def save(self, rule: Rule) -> Rule:
        """Add a rule, or replace the one of its id. UserError for one that cannot be run or kept."""
        self._refuse_if_read_only()
        rule = replace(rule, name=rule.name.strip())
        former = self._rules.get(rule.id)
        if (former is not None and not former.known) or not rule.known:
            raise UserError(message("alert.rule_foreign", name=(former or rule).name))
        check_rule(rule)
        if former is None and len(self._rules) >= RULE_LIMIT:
            raise UserError(message("alert.rules_full", limit=RULE_LIMIT))
        self._rules[rule.id] = rule
        self._pending.append((rule.id, encode_rule(rule)))
        self._keeper.touch()
        return rule

    def remove(self, rule_id: str) -> None:
        """Forget a rule, one of a newer version too."""
        self._refuse_if_read_only()
        if self._rules.pop(rule_id, None) is not None:
            self._foreign.pop(rule_id, None)
            self._pending.append((rule_id, None))
            self._keeper.touch()

    def get(self, rule_id: str) -> Rule | None:
        """The rule of that id."""
        return self._rules.get(rule_id)

    async def aclose(self) -> None:
        """Write what has changed, and end."""
        await self._keeper.aclose()

    def _refuse_if_read_only(self) -> None:
        if self.is_read_only:
            raise UserError(self._why)

    def _read(self, entries: Iterable[object]) -> None:
        self._rules, self._foreign = {}, {}
        for entry in entries:
            try:
                rule = decode_rule(entry)
            except ValueError:
                continue  # only in a newer version's file: ours has been checked
            self._rules[rule.id] = rule
            if not rule.known and isinstance(entry, dict):
                self._foreign[rule.id] = entry

    def _entries(self) -> list[Entry]:
        return [self._foreign.get(rule.id) or encode_rule(rule) for rule in self._rules.values()]

    def _merge(self) -> Merge:
        steps, own = tuple(self._pending), self._entries()
        self._on_way = len(steps)

        def merge(found: Document) -> Body:
            held = found.body if found.source == "file" else None
            if held is None:  # the first time, or the file has gone: nobody else has changed anything
                return {**(found.body or {}), "rules": own}
            return {**held, "rules": _laid_over(held["rules"], steps)}

        return merge

    def _take(self, body: Body) -> None:
        """What the file holds now, with the changes over it that it does not hold yet."""
        del self._pending[: self._on_way]
        entries = _laid_over(body["rules"], self._pending)
        if entries != self._entries():
            self._read(entries)
            self._adopt()


def _laid_over(entries: Iterable[Entry], steps: Iterable[Step]) -> list[Entry]:
    rules = {entry["id"]: entry for entry in entries}
    for rule_id, entry in steps:
        if entry is None:
            rules.pop(rule_id, None)
        else:
            rules[rule_id] = entry
    return list(rules.values())


def check_rule(rule: Rule) -> None:
    """UserError for a rule that cannot be run."""
    if not 1 <= len(rule.name.strip()) <= NAME_LIMIT or not rule.name.strip().isprintable():
        raise UserError(message("alert.rule_name", limit=NAME_LIMIT))
    if not rule.conditions:
        raise UserError(message("alert.rule_conditions"))
    if not all(_is_span(number) for number in (rule.for_s, rule.cooldown_s, *(c.dead_band for c in rule.conditions))):
        raise UserError(message("alert.rule_number"))
    if not all(isinstance(c.limit, str) or math.isfinite(c.limit) for c in rule.conditions):
        raise UserError(message("alert.rule_number"))


def _is_span(number: float) -> bool:
    return math.isfinite(number) and number >= 0


def _check(body: Body) -> None:
    entries = body.get("rules")
    if not isinstance(entries, list):
        raise ValueError("no list of rules")
    seen = [decode_rule(entry).id for entry in _dicts(entries)]
    if len(set(seen)) != len(seen):
        raise ValueError("two rules of one id")


def _dicts(entries: Iterable[object]) -> Iterable[object]:
    for entry in entries:
        if not isinstance(entry, dict):
            raise ValueError("a rule that is no object")
        yield entry
