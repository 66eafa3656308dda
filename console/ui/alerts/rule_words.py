"""A rule in words and its limits as people write them. No widget here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from console.domain import columns as domain_columns
from console.domain.alert_rules import CONNECTION_COLUMN, Action, Compare, Condition, QuietHours, Rule, Scope
from console.domain.board import Board
from console.domain.columns import METRIC_PREFIX
from console.domain.enums import AgentStatus
from console.domain.privacy import masked
from console.domain.text import safe_text
from console.domain.values import Unit
from console.ui.alerts.words import NAME, SECTIONS, column_title, compare_words, value_text
from console.ui.text import level_word, state_word, tr

TIMED: Final = "time_in_state"
_CLOCK: Final = re.compile(r"(?:(\d{1,4}):)?(\d{1,4}):([0-5]?\d)")
_SECONDS: Final = re.compile(r"(\d{1,7})(?:\s*(s|sec|min|h))?", re.IGNORECASE)
_PARTS: Final = {"": 1, "s": 1, "sec": 1, "min": 60, "h": 3600}
KEY_CATEGORIES: Final = frozenset({"", "none"})  # figures of the whole system


@dataclass(frozen=True, slots=True)
class Figure:
    """A column a rule can look at."""

    id: str
    title: str
    unit: Unit


@dataclass(frozen=True)
class Known:
    """What there is to choose from, as the systems show it now.

    Attributes:
        figures: by what a rule looks at.
        profiles: id -> name.
        names: queues' and agents' names by scope.
        people: while the privacy switch is on, what agents are called instead, by name in small letters; else None.
    """

    figures: Mapping[Scope, tuple[Figure, ...]]
    profiles: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[Scope, tuple[str, ...]] = field(default_factory=dict)
    people: Mapping[str, str] | None = None

    def named(self, scope: Scope, name: str) -> str:
        """A row as it may be shown; an agent who is not there now stays without a number."""
        if scope is Scope.AGENT and self.people is not None:
            return self.people.get(name.casefold(), tr("Agent"))
        return safe_text(name, NAME)

    def figure(self, scope: Scope, column: str) -> Figure:
        """The figure of an id; one that no system has now is named by its id."""
        found = next((one for one in self.figures.get(scope, ()) if one.id == column), None)
        return found or Figure(column, column_title(scope, column), unit_of(scope, column))


def unit_of(scope: Scope, column: str) -> Unit:
    """The unit of a column; counts where nobody says."""
    if column == CONNECTION_COLUMN:
        return Unit.MS
    section = SECTIONS.get(scope)
    found = domain_columns.find(section, column) if section is not None else None
    return found.unit if found is not None else Unit.COUNT


def known_of(board: Board, *, is_private: bool = False) -> Known:
    """Everything the systems show now, with the columns every system may have."""
    figures: dict[Scope, tuple[Figure, ...]] = {
        Scope.CONNECTION: (Figure(CONNECTION_COLUMN, column_title(Scope.CONNECTION, CONNECTION_COLUMN), Unit.MS),)
    }
    names: dict[Scope, tuple[str, ...]] = {}
    for scope, section in SECTIONS.items():
        found = {one.id: Figure(one.id, one.title, one.unit) for one in domain_columns.standard(section)}
        rows: dict[str, None] = {}
        for source in board.sources:
            if source.snapshot is None:
                continue
            for info in source.snapshot.columns.get(section, ()):
                if info.id.startswith(METRIC_PREFIX):
                    found.setdefault(info.id, Figure(info.id, safe_text(info.title, NAME), info.unit))
            rows.update(dict.fromkeys(row.name for row in source.snapshot.rows(section) if row.name))
        figures[scope] = tuple(found.values())
        names[scope] = tuple(sorted(rows, key=str.casefold))
    keys: dict[str, Figure] = {}
    for source in board.sources:
        for metric in source.snapshot.metrics if source.snapshot is not None else ():
            if metric.category.casefold() in KEY_CATEGORIES:
                keys.setdefault(metric.id, Figure(metric.id, safe_text(metric.title, NAME), metric.reading.unit))
    figures[Scope.FIGURE] = tuple(keys.values())
    profiles = {str(source.profile.id): source.profile.name for source in board.sources}
    return Known(figures, profiles, names, _people(board) if is_private else None)


def _people(board: Board) -> dict[str, str]:
    """The number of every agent, with the connection it is one of."""
    found: dict[str, str] = {}
    for source in board.sources:
        hidden = masked(source).snapshot
        for row, shown in zip(source.snapshot.agents, hidden.agents, strict=True) if source.snapshot and hidden else ():
            words = tr("{row} · {profile}", row=shown.name, profile=safe_text(source.profile.name, NAME))
            found.setdefault(row.name.casefold(), words)
    return found


def parse_limit(text: str, unit: Unit) -> float | str | None:
    """A limit as people write it, in the unit's own measure; None where it is none.

    Durations: ``2:00``, ``1:05:00``, ``90`` or ``90 s``, ``2 min``, ``1 h``. Percent with or without the sign.
    """
    text = " ".join(text.split())
    if unit is Unit.TEXT:
        return text or None
    if unit is Unit.MS:
        return _parse_duration(text)
    text = text.removesuffix("%").strip().replace(",", ".")
    try:
        number = float(text)
    except ValueError:
        return None
    return number if number == number and abs(number) < 1e12 else None


def _parse_duration(text: str) -> float | None:
    clock = _CLOCK.fullmatch(text)
    if clock is not None:
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        return (hours * 3600 + minutes * 60 + seconds) * 1000.0
    plain = _SECONDS.fullmatch(text)
    if plain is None:
        return None
    return int(plain[1]) * _PARTS[(plain[2] or "").lower()] * 1000.0


def limit_text(limit: float | str, unit: Unit) -> str:
    """A limit as it stands in its field."""
    if isinstance(limit, str):
        return limit
    if unit is Unit.MS:
        return value_text(limit, unit)
    return f"{limit:g}"


def limit_hint(unit: Unit) -> str:
    """What the field expects."""
    return {
        Unit.MS: tr("m:ss"),
        Unit.PERCENT: tr("0 to 100"),
        Unit.TEXT: tr("a word"),
    }.get(unit, tr("a number"))


def seconds_words(seconds: float) -> str:
    """A span of seconds as people say it: ``10 seconds``, ``5 minutes``."""
    whole = round(seconds)
    if whole >= 120 and whole % 60 == 0:
        return tr("{n} minutes", n=whole // 60)
    if whole == 60:
        return tr("1 minute")
    return tr("1 second") if whole == 1 else tr("{n} seconds", n=whole)


def clock_words(minutes: int) -> str:
    """Minutes after midnight as a time of day."""
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def day_names() -> tuple[str, ...]:
    """Short names of the days, Monday first."""
    return tr("Mon"), tr("Tue"), tr("Wed"), tr("Thu"), tr("Fri"), tr("Sat"), tr("Sun")


def days_words(days: Iterable[int]) -> str:
    """Days of the week in few words."""
    chosen = sorted(set(days))
    if chosen == list(range(7)):
        return tr("every day")
    if chosen == list(range(5)):
        return tr("Monday to Friday")
    if chosen == [5, 6]:
        return tr("at weekends")
    names = day_names()
    return ", ".join(names[day] for day in chosen if 0 <= day < 7)


def quiet_words(quiet: QuietHours) -> str:
    """Quiet hours in words."""
    begin, end = clock_words(quiet.start_min), clock_words(quiet.end_min)
    return tr("{days} from {begin} to {end}", days=days_words(quiet.days), begin=begin, end=end)


def action_word(action: Action) -> str:
    """What a firing does."""
    return {
        Action.BANNER: tr("Banner"),
        Action.NOTIFICATION: tr("Notification"),
        Action.SOUND: tr("Sound"),
        Action.RAISE: tr("Row to the top"),
        Action.LOG: tr("Log"),
    }[action]


def condition_words(condition: Condition, known: Known, scope: Scope, where: str = "") -> str:
    """One condition: ``the longest wait of any queue is at least 2:00``; without `where` the same row is meant."""
    figure = known.figure(scope, condition.column)
    compare = compare_words(condition.compare, is_word=figure.unit is Unit.TEXT)
    title = figure.title if scope is Scope.FIGURE else figure.title.lower()
    limit = value_text(condition.limit, figure.unit)
    if condition.column == CONNECTION_COLUMN:
        long = tr("at least {limit}", limit=limit) if condition.compare is Compare.AT_LEAST else f"{compare} {limit}"
        text = tr("{where} is without data for {long}", where=where or tr("it"), long=long)
    elif where:
        text = tr("the {figure} of {where} {compare} {limit}", figure=title, where=where, compare=compare, limit=limit)
    else:
        text = tr("its {figure} {compare} {limit}", figure=title, compare=compare, limit=limit)
    if condition.column == TIMED and condition.states:
        states = ", ".join(state_word(state).lower() for state in AgentStatus if state in condition.states)
        text = tr("{text} while {states}", text=text, states=states)
    return text


def rule_sentence(rule: Rule, known: Known) -> str:
    """The whole rule in words."""
    if not rule.conditions:
        return tr("A rule needs a condition.")
    first, *others = rule.conditions
    conditions = [condition_words(first, known, rule.scope, _where(rule, known))]
    conditions += [condition_words(other, known, rule.scope) for other in others]
    told = tr(" and ").join(conditions)
    held = tr(" for {long}", long=seconds_words(rule.for_s)) if rule.for_s else ""
    parts = [tr("When {told}{held}: {level}.", told=told, held=held, level=_level(rule))]
    doing = [action_word(action).lower() for action in Action if action in rule.actions]
    parts.append(tr("Then: {what}.", what=", ".join(doing)) if doing else tr("It is only listed."))
    bands = [one for one in rule.conditions if one.dead_band and one.compare not in (Compare.IS, Compare.IS_NOT)]
    if bands:
        unit = known.figure(rule.scope, bands[0].column).unit
        back = bands[0].dead_band * (-1 if bands[0].compare.is_high_bad else 1)
        if not isinstance(bands[0].limit, str):
            parts.append(tr("It is over when that comes to {value}.", value=value_text(bands[0].limit + back, unit)))
    if rule.cooldown_s:
        parts.append(tr("After that the same row says nothing for {long}.", long=seconds_words(rule.cooldown_s)))
    if rule.quiet:
        parts.append(tr("Silent {when}.", when=tr(" and ").join(quiet_words(quiet) for quiet in rule.quiet)))
    return " ".join(parts)


def _level(rule: Rule) -> str:
    return level_word(rule.level).lower()


def _where(rule: Rule, known: Known) -> str:
    every = {
        Scope.QUEUE: tr("any queue"),
        Scope.AGENT: tr("any agent"),
        Scope.CALLER: tr("any caller"),
        Scope.FIGURE: tr("any system"),
        Scope.CONNECTION: tr("any connection"),
    }
    rows = [known.named(rule.scope, name) for name in sorted(rule.rows)]
    text = _listed(rows) if rows else every[rule.scope]
    if rule.queues and rule.scope in (Scope.AGENT, Scope.CALLER):
        text = tr("{rows} in {queues}", rows=text, queues=_listed(sorted(rule.queues)))
    if rule.profiles:
        names = _listed([known.profiles.get(one, one) for one in rule.profiles])
        text = names if rule.scope is Scope.CONNECTION else tr("{rows} at {profiles}", rows=text, profiles=names)
    return text


def _listed(names: Sequence[str]) -> str:
    shown = [safe_text(name, NAME) for name in names[:3]]
    more = tr(" or {n} more", n=len(names) - 3) if len(names) > 3 else ""
    return tr(" or ").join(shown) + more
