"""Reports on the agents of one queue: sign-ins, pauses, missed calls, performance, calls in and out.

Rows of ``queueagentperformance`` and ``queueagentinoutcalls`` have the fields seen on real exchanges; array names and
fields of the sign-in, pause and missed-call reports are not public: those here are the demo's own, in the same style.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from console.demo.servers.yeastar_ids import ident
from console.demo.servers.yeastar_report import mean, rate, seconds
from console.demo.servers.yeastar_reports_facts import Facts, Made, Row, held, spoken, tried
from console.demo.servers.yeastar_reports_queues import Leg, leg_rows, queue_row, sums_of
from console.demo.world import records as rec
from console.demo.world.records import CallRecord, QueueLeg


def _who(facts: Facts, agent: int, number: str = "agent_num") -> Row:
    info = facts.book.extensions[agent]
    return {"agent_name": info.name, number: info.number}


def logins(facts: Facts) -> Made:
    """``queueagentlogintime``: one row per stay, cut at the edges of the period; no logout while it lasts."""
    rows = []
    for day in facts.agent_days():
        for session in day.sessions:
            start, end = max(session.login, facts.query.start), min(session.end, facts.now)
            if start >= end:
                continue
            is_over = session.logout is not None and session.logout <= facts.now
            rows.append(
                {
                    **_who(facts, day.agent),
                    "login_time": facts.wall(start),
                    "logout_time": facts.wall(end) if is_over else "",
                    "login_duration": seconds(end - start),
                }
            )
    return Made(rows)


def pauses(facts: Facts) -> Made:
    """``queueagentpausetime``: one row per pause, cut at the edges of the period; no end while it lasts."""
    rows = []
    for day in facts.agent_days():
        for span in day.pauses:
            start, end = max(span.start, facts.query.start), min(span.end, facts.now)
            if start >= end or facts.query.word not in ("", span.reason):
                continue
            is_over = not span.is_open and span.end <= facts.now
            rows.append(
                {
                    **_who(facts, day.agent),
                    "pause_time": facts.wall(start),
                    "unpause_time": facts.wall(end) if is_over else "",
                    "reason": span.reason or "",
                    "pause_duration": seconds(end - start),
                }
            )
    return Made(rows)


def _missed(leg: QueueLeg) -> list[rec.RingAttempt]:
    """Rings of a call that nobody took: it rang out, or the call left while it rang."""
    return [ring for ring in leg.rings if ring.outcome in (rec.NO_ANSWER, rec.ABANDONED)]


def missed_calls(facts: Facts) -> Made:
    """``queueagentmisscalls``: one row per ring an agent did not take."""
    wanted = frozenset(facts.agents())
    found = [
        (ring.start, leg.call, record, leg, ring)
        for record, leg in _all_legs(facts)
        for ring in _missed(leg)
        if ring.agent in wanted
    ]
    rows = []
    for start, call, record, leg, ring in sorted(found, key=lambda each: each[:2]):
        rows.append(
            {
                **_who(facts, ring.agent),
                "call_id": f"{leg.entered // 1000}.{call}",
                "time": facts.wall(start),
                "call_from": record.number,
                "call_from_name": facts.site.caller_names.get(record.number, record.number),
                "ring_duration": seconds(ring.ring_ms),
                "miss_type": "no_answer" if ring.outcome == rec.NO_ANSWER else "abandoned",
            }
        )
    return Made(rows)


def _all_legs(facts: Facts) -> list[Leg]:
    """Also calls still waiting, which may have rung somewhere in vain; short abandoned ones left out."""
    wanted = frozenset(facts.query.queues)
    return [
        (record, leg)
        for record in facts.records()
        for leg in record.queues
        if leg.queue in wanted
        and facts.inside(leg.entered)
        and not (leg.outcome == rec.ABANDONED and (leg.wait_ms or 0) <= facts.query.abandon_ms)
    ]


@dataclass
class _Tally:
    answered: int = 0
    missed: int = 0
    waited: int = 0
    longest: int = 0
    talk: int = 0
    hold: int = 0
    dialled: int = 0
    reached: int = 0
    talk_out: int = 0
    legs: list[Leg] = field(default_factory=list)


def _tallies(facts: Facts, legs: list[Leg]) -> dict[int, _Tally]:
    tallies: dict[int, _Tally] = defaultdict(_Tally)
    for record, leg in legs:
        for ring in _missed(leg):
            tallies[ring.agent].missed += 1
        if leg.answered is not None:
            tally = tallies[leg.agent]
            tally.answered += 1
            tally.waited += leg.wait_ms or 0
            tally.longest = max(tally.longest, leg.wait_ms or 0)
            tally.talk += leg.talk_ms(facts.now)
            tally.hold += held(leg)
            tally.legs.append((record, leg))
    return tallies


def agent_performance(facts: Facts, *, is_v2: bool) -> Made:
    """``queueagentperformance``: the queue's figures, and those of its agents under ``detail``."""
    if not facts.query.queues:
        return Made([])
    queue, legs = facts.query.queues[0], _all_legs(facts)
    tallies, agents = _tallies(facts, legs), facts.agents()
    detail = [{**_who(facts, each, "agent_number"), **_performance(tallies[each])} for each in agents]
    sums = sums_of((pair for pair in legs if pair[1].outcome != rec.OPEN), facts)
    row = queue_row(facts, queue, sums, is_v2=is_v2)
    row |= {"queue_id": ident("queue", queue), "detail": detail}
    total = {key: sum(each[key] for each in detail) for key in _ADDED}
    total |= {
        "average_waiting_time": mean(sum(tallies[each].waited for each in agents), total["answered_calls"]),
        "average_talking_time": mean(sum(tallies[each].talk for each in agents), total["answered_calls"]),
        "max_waiting_time": max((each["max_waiting_time"] for each in detail), default=0),
        "missed_call_rate": rate(total["missed_calls"], total["total_calls"]),
        "answered_waiting_time": seconds(sum(tallies[each].waited for each in agents)),
        "total_talking_time": seconds(sum(tallies[each].talk for each in agents)),
    }
    return Made([row], total, [leg_rows(facts, tallies[each].legs) for each in agents])


_ADDED = ("total_calls", "answered_calls", "missed_calls")


def _performance(tally: _Tally) -> Row:
    total = tally.answered + tally.missed
    return {
        "total_calls": total,
        "answered_calls": tally.answered,
        "missed_calls": tally.missed,
        "average_waiting_time": mean(tally.waited, tally.answered),
        "max_waiting_time": seconds(tally.longest),
        "answered_waiting_time": seconds(tally.waited),
        "average_talking_time": mean(tally.talk, tally.answered),
        "total_talking_time": seconds(tally.talk),
        "missed_call_rate": rate(tally.missed, total),
    }


def in_and_out(facts: Facts) -> Made:
    """``queueagentinoutcalls``: calls of the queue, and calls out with those back to callers among them."""
    agents = facts.agents()
    legs = [pair for pair in _all_legs(facts) if pair[1].outcome != rec.OPEN]
    tallies = _tallies(facts, legs)
    for record in facts.records():
        _count_out(facts, record, tallies)
    total = _Tally()
    for each in agents:
        for name in ("answered", "waited", "talk", "hold", "dialled", "reached", "talk_out"):
            setattr(total, name, getattr(total, name) + getattr(tallies[each], name))
    return Made([{**_who(facts, each), **_calls(tallies[each])} for each in agents], _calls(total))


def _count_out(facts: Facts, record: CallRecord, tallies: dict[int, _Tally]) -> None:
    if record.direction == rec.OUTBOUND and facts.inside(record.start) and record.status != rec.OPEN:
        tally = tallies[record.caller]
        tally.dialled += 1
        tally.reached += record.answered is not None
        tally.talk_out += record.talk_ms(facts.now)
    for attempt in record.callback.attempts if record.callback else ():
        if facts.inside(attempt.dialled) and tried(attempt) != rec.OPEN:
            tally = tallies[attempt.agent]
            tally.dialled += 1
            tally.reached += attempt.answered is not None
            tally.talk_out += spoken(attempt, facts.now)


def _calls(tally: _Tally) -> Row:
    talk = tally.talk + tally.talk_out
    return {
        "queue_answered_calls": tally.answered,
        "queue_talk_duration": seconds(tally.talk),
        "outbound_calls": tally.dialled,
        "outbound_answer_calls": tally.reached,
        "outbound_talk_duration": seconds(tally.talk_out),
        "total_calls": tally.answered + tally.dialled,
        "total_duration": seconds(talk),
        "average_talk_duration": mean(talk, tally.answered + tally.reached),
        "average_waiting_duration": mean(tally.waited, tally.answered),
        "average_hold_duration": mean(tally.hold, tally.answered),
        "average_answered_server_duration": mean(tally.talk + tally.hold, tally.answered),
    }
