"""What each Yeastar report has to say, row by row, from a recount of the event log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import groupby
from typing import Any

from tests.world.recount_yeastar import OUTCOMES, Recount, Row, floor_mean, percent, tally

Leg = dict[str, Any]


def queue_figures(count: Recount, legs: list[Leg]) -> Row:
    """The figures of Queue Performance on v2.0."""
    taken = [leg for leg in legs if leg["answer"] is not None]
    gone = [leg for leg in legs if leg["out"] == "abandon"]
    waits, all_waits = [count.wait(leg) for leg in taken], [count.wait(leg) for leg in legs]
    talk = sum(count.talk(leg) for leg in taken)
    hold = sum(end - start for leg in taken for start, end in leg["holds"] if end is not None)
    ring = sum(one["end"] - one["t"] for leg in taken for one in leg["rings"] if one["how"] == "answer")
    sla = {each["name"]: each["sla_ms"] for each in count.site["queues"]}
    missed = len(legs) - len(taken) - len(gone)
    return {
        "total_calls": len(legs),
        "answered_calls": len(taken),
        "missed_calls": missed,
        "abandoned_calls": len(gone),
        "average_waiting_time": floor_mean(sum(waits), len(taken)),
        "all_call_average_waiting_time": floor_mean(sum(all_waits), len(legs)),
        "max_waiting_time": max(all_waits, default=0) // 1000,
        "average_talking_time": floor_mean(talk, len(taken)),
        "average_server_time": floor_mean(talk + hold, len(taken)),
        "answered_rate": percent(len(taken), len(legs)),
        "missed_rate": percent(missed, len(legs)),
        "abandoned_rate": percent(len(gone), len(legs)),
        "sla": percent(sum(count.wait(leg) <= sla[leg["queue"]] for leg in taken), len(legs)),
        "answered_call_time": (talk + hold) // 1000,
        "answered_hold_time": hold // 1000,
        "total_ring_time": ring // 1000,
        "answered_waiting_time": sum(waits) // 1000,
        "total_waiting_time": sum(all_waits) // 1000,
        "total_talking_time": talk // 1000,
    }


def _queue(count: Recount, name: str) -> Row:
    return {"queue": name, "queue_num": next(q["number"] for q in count.site["queues"] if q["name"] == name)}


def _units(count: Recount) -> list[int]:
    return {"hour": list(range(24)), "day": list(range(1, 31)), "month": list(range(1, 13))}[count.asked.unit]


def queueperformance(count: Recount) -> list[Row]:
    legs = count.chosen_legs(count.asked.queues)
    return [
        _queue(count, name) | queue_figures(count, [leg for leg in legs if leg["queue"] == name])
        for name in count.asked.queues
    ]


def queueperformanceactivity(count: Recount) -> list[Row]:
    legs = count.chosen_legs(count.asked.queues)
    return [
        {"time": unit} | queue_figures(count, [leg for leg in legs if count.unit(leg["t"]) == unit])
        for unit in _units(count)
    ]


def queueavgwaittalktime(count: Recount) -> list[Row]:
    rows = []
    for row in queueperformanceactivity(count):
        same = ("time", "answered_calls", "total_calls", "answered_waiting_time", "total_waiting_time")
        rows.append(
            {key: row[key] for key in (*same, "total_talking_time")}
            | {"avg_wait_time": row["average_waiting_time"], "avg_talk_time": row["average_talking_time"]}
            | {"all_call_avg_wait_time": row["all_call_average_waiting_time"]}
        )
    return rows


def _result(wish: dict[str, Any]) -> str:
    if wish["result"] is None:
        return "pending"
    return "success" if wish["result"] == "answered" else "fail"


def _wishes(count: Recount) -> list[dict[str, Any]]:
    found = [w for w in count.wishes if w["leg"]["queue"] in count.asked.queues and count.within(w["t"])]
    return sorted(found, key=lambda wish: wish["t"])


def queuecallbackssummary(count: Recount) -> list[Row]:
    rows = []
    for name in count.asked.queues:
        results = Counter(_result(wish) for wish in _wishes(count) if wish["leg"]["queue"] == name)
        row = _queue(count, name) | {f"{one}_callbacks": results[one] for one in ("success", "fail", "pending")}
        total = sum(results.values())
        rows.append(row | {"total_callbacks": total, "success_rate": percent(results["success"], total)})
    return rows


def _agent(count: Recount, key: str) -> Row:
    number = count.number_of[key]
    return {"agent_name": count.name_of[number], "agent_num": number}


def _caller(count: Recount, number: str) -> str:
    return str(count.site["caller_names"].get(number, number))


def queuecallbacksactivity(count: Recount) -> list[Row]:
    rows = []
    for wish in _wishes(count):
        if count.asked.word not in ("", _result(wish)):
            continue
        number = wish["leg"]["call"]["number"]
        last = wish["tries"][-1] if wish["tries"] else None
        row = {"time": count.wall(wish["t"]), "attempts": len(wish["tries"]), "callback_result": _result(wish)}
        row |= {"callback_number": number, "callback_name": _caller(count, number), "talk_duration": 0}
        row |= _queue(count, wish["leg"]["queue"]) | {"agent_name": "", "agent_num": "", "callback_time": ""}
        if last is not None:
            row |= _agent(count, last["agent"]) | {"callback_time": count.wall(last["t"])}
            if last["answer"] is not None:
                row["talk_duration"] = count.span([last["answer"], last["end"]]) // 1000
        rows.append(row)
    return rows


def _answers(count: Recount) -> list[tuple[Leg, dict[str, Any]]]:
    return [(leg, e) for leg, e in count.surveys if leg["queue"] in count.asked.queues and count.within(e["t"])]


def queuesatisfaction(count: Recount) -> list[Row]:
    order = {each["key"]: each["id"] for each in count.site["agents"]}
    given = sorted(((order[leg["agent"]], e["question"], leg["agent"], e["score"]) for leg, e in _answers(count)))
    texts = {each["id"]: each["text"] for each in count.site["questions"]}
    rows = []
    for (_, question, agent), group in groupby(given, key=lambda each: each[:3]):
        scores = [each[3] for each in group]
        row = _agent(count, agent) | {"question_id": question, "question": texts[question]}
        row |= {f"press_{key}": scores.count(key) for key in range(1, 6)}
        rows.append(
            row | {"total_answers": len(scores), "average_score": round(sum(scores) / len(scores), 2)}
        )  # fmt: skip
    return rows


def _members(count: Recount) -> list[str]:
    name = count.asked.queues[0]
    members: list[str] = next(q["members"] for q in count.site["queues"] if q["name"] == name)
    return [key for key in members if count.asked.agents is None or key in count.asked.agents]


def _call(count: Recount, leg: Leg) -> Row:
    number = leg["call"]["number"]
    shown = {"call_from": number, "call_from_name": _caller(count, number)}
    return {"call_id": f"{leg['t'] // 1000}.{leg['no']}", **shown}


def queuesatisfactiondetail(count: Recount) -> list[Row]:
    members = _members(count)
    return [
        {"time": count.wall(event["t"]), "question_id": event["question"], "survey_result": str(event["score"])}
        | _call(count, leg)
        | _agent(count, leg["agent"])
        for leg, event in _answers(count)
        if leg["agent"] in members
    ]


def _stretches(count: Recount, begin: str, ends: tuple[str, ...]) -> list[tuple[Any, ...]]:
    """Per day and agent: from one event to the next of some, cut at the edges of the period."""
    found = []
    for day in count.days:
        for key in _members(count):
            own = [event for event in day if event.get("agent") == key and event["event"] in (begin, *ends)]
            for place, event in enumerate(own):
                if event["event"] != begin:
                    continue
                after = own[place + 1]["t"] if place + 1 < len(own) else None
                start, end = max(event["t"], count.asked.start), count.asked.end if after is None else after
                if start < end:
                    found.append((key, start, end, after is not None, event))
    return found


def queueagentlogintime(count: Recount) -> list[Row]:
    return [
        _agent(count, key)
        | {"login_time": count.wall(start), "logout_time": count.wall(end) if is_over else ""}
        | {"login_duration": (end - start) // 1000}
        for key, start, end, is_over, _ in _stretches(count, "login", ("logout",))
    ]


def queueagentpausetime(count: Recount) -> list[Row]:
    return [
        _agent(count, key)
        | {"pause_time": count.wall(start), "unpause_time": count.wall(end) if is_over else ""}
        | {"pause_duration": (end - start) // 1000, "reason": event["reason"]}
        for key, start, end, is_over, event in _stretches(count, "pause", ("ready", "logout"))
        if count.asked.word in ("", event["reason"])
    ]


def _missed(leg: Leg) -> list[dict[str, Any]]:
    return [ring for ring in leg["rings"] if ring["how"] not in (None, "answer")]


def queueagentmisscalls(count: Recount) -> list[Row]:
    members, found = _members(count), []
    for leg in count.chosen_legs(count.asked.queues, known=False):
        for ring in _missed(leg):
            if ring["agent"] in members:
                how = "no_answer" if ring["how"] == "no_answer" else "abandoned"
                row = {"time": count.wall(ring["t"]), "ring_duration": (ring["end"] - ring["t"]) // 1000}
                row |= {"miss_type": how} | _call(count, leg) | _agent(count, ring["agent"])
                found.append((ring["t"], leg["no"], row))
    return [row for *_, row in sorted(found, key=lambda each: each[:2])]


def queueagentperformance(count: Recount) -> list[Row]:
    name = count.asked.queues[0]
    everything, detail = count.chosen_legs([name], known=False), []
    for key in _members(count):
        taken = [leg for leg in everything if leg["agent"] == key]
        missed = sum(ring["agent"] == key for leg in everything for ring in _missed(leg))
        waits, talk = [count.wait(leg) for leg in taken], sum(count.talk(leg) for leg in taken)
        who = _agent(count, key)
        detail.append(
            {
                "agent_name": who["agent_name"],
                "agent_number": who["agent_num"],
                "total_calls": len(taken) + missed,
                "answered_calls": len(taken),
                "missed_calls": missed,
                "average_waiting_time": floor_mean(sum(waits), len(taken)),
                "max_waiting_time": max(waits, default=0) // 1000,
                "answered_waiting_time": sum(waits) // 1000,
                "average_talking_time": floor_mean(talk, len(taken)),
                "total_talking_time": talk // 1000,
                "missed_call_rate": percent(missed, len(taken) + missed),
            }
        )
    row = _queue(count, name) | queue_figures(count, count.chosen_legs([name]))
    place = next(each["id"] for each in count.site["queues"] if each["name"] == name)
    return [row | {"queue_id": place, "detail": detail}]


def queueagentinoutcalls(count: Recount) -> list[Row]:
    legs, rows = count.chosen_legs(count.asked.queues), []
    for key in _members(count):
        taken = [leg for leg in legs if leg["agent"] == key]
        out = [(each["talked"] or None) for each in count.calls if _dialled(count, each, key)]
        out += [
            [each["answer"], each["end"]] if each["answer"] is not None else None
            for _, each in count.tries()
            if each["agent"] == key
        ]
        reached = [pair for pair in out if pair]
        talk, away = sum(count.talk(leg) for leg in taken), sum(count.span(pair) for pair in reached)
        hold = sum(end - start for leg in taken for start, end in leg["holds"] if end is not None)
        rows.append(
            {
                **_agent(count, key),
                "queue_answered_calls": len(taken),
                "queue_talk_duration": talk // 1000,
                "outbound_calls": len(out),
                "outbound_answer_calls": len(reached),
                "outbound_talk_duration": away // 1000,
                "total_calls": len(taken) + len(out),
                "total_duration": (talk + away) // 1000,
                "average_talk_duration": floor_mean(talk + away, len(taken) + len(reached)),
                "average_waiting_duration": floor_mean(sum(count.wait(leg) for leg in taken), len(taken)),
                "average_hold_duration": floor_mean(hold, len(taken)),
                "average_answered_server_duration": floor_mean(talk + hold, len(taken)),
            }
        )
    return rows


def _dialled(count: Recount, call: dict[str, Any], key: str) -> bool:
    mine = call["kind"] == "Outbound" and call["first"]["agent"] == key
    return mine and count.within(call["t"]) and count.status(call) is not None


def extcallstatistics(count: Recount) -> list[Row]:
    rows = []
    for number in count.asked.extensions:
        calls = [each for each in count.phone_calls() if each["ext"] == number]
        row = {"ext_num": number, "ext_name": count.name_of[number], **tally(calls)}
        times = {"total_holding_time": sum(each["hold"] for each in calls) // 1000}
        rows.append(row | times | {"total_talking_time": sum(each["talk"] for each in calls) // 1000})
    return rows


def _activity(count: Recount, calls: list[dict[str, Any]]) -> list[Row]:
    rows = []
    for unit in _units(count):
        mine = [each for each in calls if count.unit(each["t"]) == unit]
        talk = sum(each["talk"] for each in mine) // 1000
        rows.append({"time": unit, **tally(mine), "total_talking_time": talk})
    return rows


def extcallactivity(count: Recount) -> list[Row]:
    return _activity(count, count.phone_calls())


def trunkactivity(count: Recount) -> list[Row]:
    calls = count.trunk_calls()
    return _activity(count, [c for c in calls if c["kind"] == "Internal" or c["trunk"] in count.asked.trunks])


def trunkdiddodactivity(count: Recount) -> list[Row]:
    calls = [each for each in count.trunk_calls() if each["trunk"] in count.asked.trunks]
    rows = []
    for kind, word, lines in (("DID", "Inbound", "dids"), ("DOD", "Outbound", "dods")):
        for line in count.site[lines]:
            mine = [each for each in calls if each["kind"] == word and each["line"] == line["number"]]
            head = {"number": line["number"], "name": line["name"], "number_type": kind}
            rows += [head | row for row in _activity(count, mine) if row["total_call_count"]]
    return rows


def ivr(count: Recount) -> list[Row]:
    rows = []
    for menu in count.site["ivrs"]:
        if menu["number"] in count.asked.ivrs:
            visits = [v for v in count.visits if v["ivr"] == menu["number"] and count.within(v["t"])]
            keys = Counter(key for visit in visits for key in visit["keys"])
            presses = {f"press_{key}": keys[key] for key in "1234567890"}
            presses["press_timeout"] = sum(visit["late"] for visit in visits)
            rows.append({"ivr_name": menu["name"], "ivr_num": menu["number"], "press_count": presses})
    return rows


def ringgroupstatistics(count: Recount) -> list[Row]:
    rows = []
    for group in count.site["ring_groups"]:
        if group["number"] not in count.asked.groups:
            continue
        mine = [g for g in count.groups if g["group"] == group["number"] and count.within(g["t"])]
        mine = [each for each in mine if each["by"] or each["over"]]
        rang = Counter(r["ext"] for each in mine for r in each["call"]["rings"] if r["group"] == group["number"])
        took = Counter(each["by"] for each in mine if each["by"])
        members = [
            {"ext_name": count.name_of[n], "ext_num": n, "answered_calls": took[n], "total_calls": rang[n]}
            for n in group["members"]
        ]
        row = {"group_name": group["name"], "group_num": group["number"], "member_list": members}
        rows.append(row | {"answered_calls": sum(took.values()), "total_calls": len(mine)})
    return rows


def extcallbilling(count: Recount) -> list[Row]:
    rows, bills = [], count.bills()
    for phone in count.site["extensions"]:
        mine = [each for each in bills if each["call"]["caller"] == phone["number"]]
        if mine:
            row = {"ext_name": phone["name"], "ext_num": phone["number"], "total_calls": len(mine), "currency": "EUR"}
            cost = round(sum(each["cost"] for each in mine) / count.site["money_scale"], 4)
            talk = sum(each["ms"] for each in mine) // 1000
            rows.append(row | {"total_talk_duration": talk, "total_cost": cost})
    return rows


def extcallbillingdetails(count: Recount) -> list[Row]:
    codes = {
        (place, event["call"]): event.get("account_code", "")
        for place, day in enumerate(count.days)
        for event in day
        if event["event"] == "out_end"
    }
    days = {id(event): place for place, day in enumerate(count.days) for event in day if event["event"] == "out_dial"}
    return [
        {
            "time": count.wall(bill["call"]["t"]),
            "ext_name": count.name_of[bill["call"]["caller"]],
            "ext_num": bill["call"]["caller"],
            "call_to": bill["call"]["number"],
            "trunk_name": bill["trunk"],
            "rate_name": bill["rate"],
            "talk_duration": bill["ms"] // 1000,
            "account_code": codes[days[id(bill["call"]["first"])], bill["call"]["no"]],
            "cost": round(bill["cost"] / count.site["money_scale"], 4),
            "currency": "EUR",
        }
        for bill in count.bills()
    ]


def unreturnmisscall(count: Recount) -> list[Row]:
    dialled = [(each["number"], each["t"]) for each in count.calls if each["kind"] == "Outbound"]
    dialled += [(wish["leg"]["call"]["number"], each["t"]) for wish in count.wishes for each in wish["tries"]]
    rows = []
    for call in count.calls:
        how = count.status(call)
        if call["kind"] != "Inbound" or how not in OUTCOMES[1:3] + OUTCOMES[5:] or not count.within(call["t"]):
            continue
        back = any(number == call["number"] and t >= call["over"] for number, t in dialled)
        if not back and count.asked.word in ("", how):
            number = call["number"]
            row = {"time": count.wall(call["t"]), "call_from": number, "call_from_name": _caller(count, number)}
            rows.append(row | {"did_number": call["first"]["did"], "miss_call_type": how})
    return rows


EXPECTED: dict[str, Callable[[Recount], list[Row]]] = {
    make.__name__: make
    for make in (
        extcallstatistics,
        extcallactivity,
        trunkactivity,
        trunkdiddodactivity,
        ivr,
        queueavgwaittalktime,
        queueperformance,
        queueperformanceactivity,
        queuecallbackssummary,
        queuecallbacksactivity,
        queuesatisfaction,
        queuesatisfactiondetail,
        queueagentlogintime,
        queueagentpausetime,
        queueagentmisscalls,
        queueagentperformance,
        queueagentinoutcalls,
        ringgroupstatistics,
        extcallbilling,
        extcallbillingdetails,
        unreturnmisscall,
    )
}
