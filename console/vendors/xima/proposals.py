"""Which standard column a metric belongs to, judged by its name. Pure.

The wire carries no meaning, only a name an administrator typed. The names here are those of the vendors' own
metric pickers, templates and wallboards. A name must consist of a pattern's words, in any order, and of nothing else
but harmless ones: "Answered Calls Last 30 Minutes" is no proposal for "Answered", since it is not the day's figure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from console.domain.enums import Section
from console.vendors.xima.wire import MetricDef

SECTION_OF = {"AGENT": Section.AGENTS, "GROUP": Section.QUEUES, "SKILL": Section.QUEUES}

_PHRASES = (
    (r"\b(?:do[ -]not[ -]disturb)\b", " dnd "),
    (r"\bnot[ -]ready\b", " notready "),
    (r"\b(?:logged|signed)[ -](?:out|off)\b|\boffline\b|\blog(?:out|off)\b", " logoff "),
    (r"\b(?:logged|signed|log)[ -]in\b", " login "),
    (r"\bspeed[ -]of[ -]answer(?:ing)?\b", " asa "),
    (r"\bservice[ -]?level\b", " sla "),
    (r"\bcaller[ -]?id\b", " callerid "),
    (r"\btime[ -]in[ -](?:current[ -])?state\b", " state time "),
    (r"%", " percent "),
)
_PHRASE_RES = tuple((re.compile(pattern), word) for pattern, word in _PHRASES)
_SAME = {
    word: canon
    for canon, words in {
        "avg": "average mean",
        "max": "maximum longest oldest",
        "call": "calls",
        "caller": "callers",
        "agent": "agents user users",
        "skill": "skills",
        "group": "groups",
        "queue": "queues",
        "reason": "reasons",
        "percent": "percentage pct rate ratio",
        "answer": "answered",
        "unanswer": "unanswered",
        "abandon": "abandoned abandons abandonment abandonments",
        "present": "presented offered",
        "wait": "waiting waits waited",
        "time": "duration durations times",
        "talk": "talking",
        "login": "logins",
        "sla": "slas",
        "today": "daily day",
        "now": "current currently live realtime",
        "count": "number counts",
        "pause": "paused",
        "handle": "handled",
        "connect": "connected",
        "state": "states",
        "name": "names",
    }.items()
    for word in words.split()
}
_FILLERS = frozenset(
    ["of", "the", "in", "for", "a", "an", "by", "on", "to", "per", "with", "and", "is", "since", "midnight"]
)
_DAY = "today total count inbound"
_WITH_SECONDS = frozenset({"service_level", "answered_in_target"})  # their names may say the target
_SECONDS = "percent inbound call today answer within s sec second seconds"


@dataclass(frozen=True, slots=True)
class _Pattern:
    section: Section
    column: str
    words: frozenset[str]
    harmless: frozenset[str]
    score: int


def _patterns(section: Section, table: str) -> tuple[_Pattern, ...]:
    """Read lines ``column | harmless words | pattern=score, pattern=score``."""
    found = []
    own = "agent" if section is Section.AGENTS else "skill group"
    for line in filter(str.strip, table.splitlines()):
        column, harmless, patterns = (part.strip() for part in line.split("|"))
        for entry in patterns.split(","):
            words, _, score = entry.strip().rpartition("=")
            allowed = frozenset(f"{harmless} {own}".split())
            found.append(_Pattern(section, column, frozenset(words.split()), allowed, int(score)))
    return tuple(found)


_TABLE = _patterns(
    Section.QUEUES,
    f"""
    waiting | now count queue | call queue=95, call wait=92, caller wait=92, caller queue=92, call now queued=90, \
        wait=60, call queued=40
    longest_wait | now call caller | max queue time=95, max wait time=95, max wait=93, max queue=80, \
        max queued time=80, time wait now=60
    agents_logged_in | now agent queue | login count=92, agent login=92, login=85
    agents_available | now count total queue | agent available=95, agent ready=92, ready count=90, agent idle=85, \
        available=70, ready=65, idle count=60
    agents_busy | now count total queue | agent busy=95, busy count=90, busy=70
    agents_paused | now count total queue | agent pause=95, agent notready=92, agent dnd=92, notready count=88, \
        dnd count=88, pause count=85, notready=65, dnd=60, pause=60
    agents_logged_off | now count total queue agent | logoff agent=92, logoff=70
    offered | {_DAY} queue | present call=95, present=65
    answered | {_DAY} queue | answer call=95, answer=65, handle call=40
    unanswered | {_DAY} queue | unanswer call=95, unanswer=65
    abandoned | {_DAY} queue | abandon call=95, abandon=65
    abandon_rate | today inbound queue call | abandon percent=95
    avg_wait | today inbound queue call | avg asa=95, asa=70
    avg_talk | today inbound queue call | avg talk time=95, avg talk=90
    service_level | {_SECONDS} queue | sla=95
    answered_in_target | {_DAY} queue s sec second seconds | answer call within sla=97, answer call within=90
    abandoned_in_target | {_DAY} queue | abandon call within sla=97
    short_abandoned | {_DAY} queue | short abandon call=96, short abandon=90
    """,
) + _patterns(
    Section.AGENTS,
    f"""
    state | now | agent state=97, state=95, agent status=85, status=80, busy state=40, call state=30
    time_in_state | now | state time=95, status time=80
    pause_reason | now code | pause reason=95, notready reason=95, dnd reason=95, busy reason=92, break reason=90, \
        reason=80
    queues | now name list | skill=80, queue=80, group=70, login skill=60, login queue=60
    caller | now | callerid=95, connect party=90, caller=85, caller number=85, caller name=75, external party=70
    calls_taken | {_DAY} | answer call=95, call taken=92, call today=85, handle call=60
    last_call | agent ended end | last call since time=95, last call since=95, last call time=70, last call=60
    """,
)


def words_of(name: str) -> frozenset[str]:
    """The words of a metric name in a canonical form: no case, no order, no plural."""
    text = name.casefold()
    for pattern, word in _PHRASE_RES:
        text = pattern.sub(word, text)
    return frozenset(_SAME.get(word, word) for word in re.findall(r"[^\W_]+", text))


def _score(words: frozenset[str], pattern: _Pattern) -> int:
    """How well a name fits: 0 for not at all; every word beyond the pattern's costs a little."""
    if not pattern.words <= words:
        return 0
    surplus = {
        word for word in words - pattern.words - _FILLERS if not (pattern.column in _WITH_SECONDS and word.isdigit())
    }
    if not surplus <= pattern.harmless:
        return 0
    return pattern.score - len(surplus)


def propose(
    metrics: Sequence[MetricDef], taken: Iterable[tuple[Section, str]] = (), tied: Iterable[str] = ()
) -> dict[tuple[Section, str], str]:
    """Tie metrics to standard columns by name: the best match wins, one metric per column and one column per metric.

    Args:
        metrics: the list as the server gives it; among equal matches the first one wins.
        taken: columns the user decided about.
        tied: metric ids the user has tied to a column.
    """
    used_columns, used_metrics = set(taken), set(tied)
    matches = []
    for order, metric in enumerate(metrics):
        section = SECTION_OF.get(metric.category)
        if section is None:
            continue
        words = words_of(metric.name[:200])
        for pattern in _TABLE:
            if pattern.section is section and (score := _score(words, pattern)):
                matches.append((-score, order, pattern.column, section, metric.id))
    found: dict[tuple[Section, str], str] = {}
    for _, _, column, section, metric_id in sorted(matches):
        if (section, column) not in used_columns and metric_id not in used_metrics:
            found[section, column] = metric_id
            used_columns.add((section, column))
            used_metrics.add(metric_id)
    return found
