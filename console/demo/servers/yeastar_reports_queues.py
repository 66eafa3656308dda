"""Reports on queues: performance, waiting and talking time, callbacks, satisfaction, unreturned calls.

Rows of ``queueperformance`` and ``queueavgwaittalktime`` have the fields seen on real exchanges. Array names and
fields of the callback, satisfaction, activity and unreturned-call reports are not public: those here are the demo's
own, in the same style.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from console.demo.servers.yeastar_report import QueueSums, mean, performance, rate, seconds
from console.demo.servers.yeastar_reports_facts import Facts, Made, Row, held, spoken
from console.demo.world import records as rec
from console.demo.world.records import Callback, CallRecord, QueueLeg

Leg = tuple[CallRecord, QueueLeg]


def sums_of(legs: Iterable[Leg], facts: Facts) -> QueueSums:
    """Add up calls of queues."""
    sums = QueueSums()
    for _, leg in legs:
        add(sums, leg, facts)
    return sums


def add(sums: QueueSums, leg: QueueLeg, facts: Facts) -> None:
    """Count one call in a queue."""
    wait = leg.wait_ms or 0
    sums.waited_all += wait
    sums.longest = max(sums.longest, wait)
    if leg.answered is None:
        sums.abandoned += leg.outcome == rec.ABANDONED
        sums.missed += leg.outcome != rec.ABANDONED
        return
    sums.answered += 1
    sums.waited_answered += wait
    sums.within += wait <= facts.quirks.sla_s * 1000
    sums.ring += leg.ring_ms
    sums.hold += held(leg)
    sums.talk_base += leg.talk_ms(facts.now)


def queue_row(facts: Facts, queue: int, sums: QueueSums, *, is_v2: bool) -> Row:
    """One row of ``queue_performance_list``."""
    info = facts.site.queues[queue]
    return {"queue": info.name, "queue_num": info.extension, **performance(sums, facts.now, is_v2=is_v2)}


def queue_performance(facts: Facts, *, is_v2: bool) -> Made:
    """``queueperformance``: one row per queue."""
    legs: dict[int, list[Leg]] = defaultdict(list)
    total = QueueSums()
    for record, leg in facts.legs(facts.query.queues):
        legs[leg.queue].append((record, leg))
        add(total, leg, facts)
    rows = [queue_row(facts, each, sums_of(legs[each], facts), is_v2=is_v2) for each in facts.query.queues]
    details = [leg_rows(facts, legs[each]) for each in facts.query.queues]
    return Made(rows, performance(total, facts.now, is_v2=is_v2), details)


def queue_performance_activity(facts: Facts, *, is_v2: bool) -> Made:
    """``queueperformanceactivity``: the chosen queues together, by hour, day or month."""
    legs: dict[int, list[Leg]] = defaultdict(list)
    for record, leg in facts.legs(facts.query.queues):
        legs[facts.bucket(leg.entered)].append((record, leg))
    chosen = facts.query.buckets if facts.query.queues else ()
    rows = [
        {"time": each, **performance(sums_of(legs[each], facts), facts.now, is_v2=is_v2)} for each in chosen
    ]  # fmt: skip
    total = performance(sums_of((leg for each in chosen for leg in legs[each]), facts), facts.now, is_v2=is_v2)
    return Made(rows, total, [leg_rows(facts, legs[each]) for each in chosen])


def wait_and_talk(facts: Facts) -> Made:
    """``queueavgwaittalktime``: the chosen queues together, by hour, day or month."""
    sums: dict[int, QueueSums] = defaultdict(QueueSums)
    total = QueueSums()
    for _, leg in facts.legs(facts.query.queues):
        add(sums[facts.bucket(leg.entered)], leg, facts)
        add(total, leg, facts)
    chosen = facts.query.buckets if facts.query.queues else ()
    return Made([{"time": each, **_averages(sums[each])} for each in chosen], _averages(total))


def _averages(sums: QueueSums) -> Row:
    return {
        "avg_wait_time": mean(sums.waited_answered, sums.answered),
        "all_call_avg_wait_time": mean(sums.waited_all, sums.total),
        "avg_talk_time": mean(sums.talk_base, sums.answered),
        "answered_calls": sums.answered,
        "total_calls": sums.total,
        "answered_waiting_time": seconds(sums.waited_answered),
        "total_waiting_time": seconds(sums.waited_all),
        "total_talking_time": seconds(sums.talk_base),
    }


def leg_rows(facts: Facts, legs: Iterable[Leg]) -> list[Row]:
    """The calls behind a figure, in order of time."""
    made = []
    for record, leg in sorted(legs, key=lambda pair: (pair[1].entered, pair[1].call)):
        status = "Answered" if leg.answered is not None else f"{_STATUS[leg.outcome]}(UnHandled//)"
        made.append(
            {
                "id": f"{leg.entered // 1000}.{leg.call}",
                "time": facts.wall(leg.entered),
                "call_from": facts.caller(record.number),
                "call_to": facts.site.queues[leg.queue].extension,
                "agent": facts.extension(leg.agent) if leg.agent >= 0 else "",
                "status": status,
                "waiting_duration": seconds(leg.wait_ms or 0),
                "talk_duration": seconds(leg.talk_ms(facts.now)),
            }
        )
    return made


_STATUS = {rec.ABANDONED: "Abandoned"} | dict.fromkeys(
    (rec.VOICEMAIL, "overflow", "exit_key", "exit_timeout", "exit_empty", "callback"), "Missed"
)


# -- callbacks -----------------------------------------------------------------------------------------------


def _callbacks(facts: Facts) -> list[tuple[CallRecord, Callback]]:
    wanted = frozenset(facts.query.queues)
    found = [
        (record, record.callback)
        for record in facts.records()
        if record.callback is not None and record.callback.queue in wanted and facts.inside(record.callback.asked)
    ]
    return sorted(found, key=lambda pair: (pair[1].asked, pair[0].call))


def _result(callback: Callback) -> str:
    if callback.settled is None:
        return "pending"
    return "success" if callback.result == rec.ANSWERED else "fail"


def callbacks_summary(facts: Facts) -> Made:
    """``queuecallbackssummary``: asked for, done, failed, not yet tried to the end, by queue."""
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for _, callback in _callbacks(facts):
        counts[callback.queue][_result(callback)] += 1
    rows = []
    for queue in facts.query.queues:
        info = facts.site.queues[queue]
        rows.append({"queue": info.name, "queue_num": info.extension, **_success(counts[queue])})
    return Made(rows, _success(sum((counts[each] for each in facts.query.queues), Counter())))


def _success(counts: Counter[str]) -> Row:
    total = sum(counts.values())
    return {
        "total_callbacks": total,
        "success_callbacks": counts["success"],
        "fail_callbacks": counts["fail"],
        "pending_callbacks": counts["pending"],
        "success_rate": rate(counts["success"], total),
    }


def callbacks_activity(facts: Facts) -> Made:
    """``queuecallbacksactivity``: one row per callback asked for."""
    rows = []
    for record, callback in _callbacks(facts):
        result = _result(callback)
        if facts.query.word not in ("", result):
            continue
        last = callback.attempts[-1] if callback.attempts else None
        agent = facts.book.extensions[last.agent] if last is not None else None
        rows.append(
            {
                "time": facts.wall(callback.asked),
                "queue": facts.site.queues[callback.queue].name,
                "queue_num": facts.site.queues[callback.queue].extension,
                "callback_number": record.number,
                "callback_name": facts.site.caller_names.get(record.number, record.number),
                "attempts": len(callback.attempts),
                "agent_name": "" if agent is None else agent.name,
                "agent_num": "" if agent is None else agent.number,
                "callback_time": "" if last is None else facts.wall(last.dialled),
                "talk_duration": 0 if last is None else seconds(spoken(last, facts.now)),
                "callback_result": result,
            }
        )
    return Made(rows)


# -- satisfaction --------------------------------------------------------------------------------------------


def satisfaction(facts: Facts) -> Made:
    """``queuesatisfaction``: how often each score was given, by agent and question."""
    scores: dict[tuple[int, str], Counter[int]] = defaultdict(Counter)
    for _, leg, answer in _answers(facts):
        scores[leg.agent, answer.question][answer.score] += 1
    rows = []
    for (agent, question), counts in sorted(scores.items()):
        info, total = facts.book.extensions[agent], sum(counts.values())
        rows.append(
            {
                "agent_name": info.name,
                "agent_num": info.number,
                "question_id": question,
                "question": next(each.text for each in facts.book.questions if each.id == question),
                "total_answers": total,
                **{f"press_{score}": counts[score] for score in range(1, 6)},
                "average_score": round(sum(score * count for score, count in counts.items()) / total, 2),
            }
        )
    return Made(rows)


def satisfaction_detail(facts: Facts) -> Made:
    """``queuesatisfactiondetail``: one row per answer."""
    wanted, rows = frozenset(facts.agents()), []
    for record, leg, answer in sorted(_answers(facts), key=lambda each: (each[2].at, each[1].call)):
        if leg.agent not in wanted:
            continue
        info = facts.book.extensions[leg.agent]
        rows.append(
            {
                "call_id": f"{leg.entered // 1000}.{leg.call}",
                "time": facts.wall(answer.at),
                "call_from": record.number,
                "call_from_name": facts.site.caller_names.get(record.number, record.number),
                "agent_name": info.name,
                "agent_num": info.number,
                "question_id": answer.question,
                "survey_result": str(answer.score),
            }
        )
    return Made(rows)


def _answers(facts: Facts) -> list[tuple[CallRecord, QueueLeg, rec.SurveyAnswer]]:
    wanted = frozenset(facts.query.queues)
    return [
        (record, leg, answer)
        for record in facts.records()
        for leg in record.queues
        if leg.queue in wanted
        for answer in leg.survey
        if facts.inside(answer.at)
    ]


# -- unreturned ----------------------------------------------------------------------------------------------


def unreturned(facts: Facts) -> Made:
    """``unreturnmisscall``: missed calls from outside to whose number nobody has dialled since."""
    dialled: dict[str, int] = {}
    missed: list[CallRecord] = []
    for record in facts.records():
        if record.direction == rec.OUTBOUND:
            dialled[record.number] = max(dialled.get(record.number, 0), record.start)
        elif record.direction == rec.INBOUND and record.status in ("no_answer", "busy", "abandoned"):
            missed.append(record)
        for attempt in record.callback.attempts if record.callback else ():
            dialled[record.number] = max(dialled.get(record.number, 0), attempt.dialled)
    rows = [
        {
            "time": facts.wall(record.start),
            "call_from": record.number,
            "call_from_name": facts.site.caller_names.get(record.number, record.number),
            "did_number": facts.book.dids[record.did].number,
            "miss_call_type": record.status,
        }
        for record in sorted(missed, key=lambda each: (each.start, each.call))
        if facts.inside(record.start)
        and dialled.get(record.number, 0) < (record.end or 0)
        and facts.query.word in ("", record.status)
    ]
    return Made(rows)
