"""Reports on phones, trunks, menus and ring groups, and what calls cost.

Rows of ``extcallstatistics``, ``ivr`` and ``ringgroupstatistics`` have the fields seen on real exchanges; array names
and fields of the activity and billing reports are not public: those here are the demo's own, in the same style.
``total_holding_time`` is the time callers of queues spent on hold. Costs are in the site's currency.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from console.demo.servers.yeastar_report import seconds
from console.demo.servers.yeastar_reports_facts import STATUSES, Facts, Made, PhoneCall, Row, TrunkCall
from console.demo.servers.yeastar_reports_query import INBOUND
from console.demo.world import records as rec
from console.demo.world.directory import MONEY_SCALE
from console.demo.world.records import CallRecord, PhoneLeg


class _Counts:
    """Calls by outcome, and time in ms."""

    def __init__(self) -> None:
        self.by: Counter[str] = Counter()
        self.talk = 0
        self.hold = 0

    def add(self, status: str, talk: int, hold: int = 0) -> None:
        self.by[status] += 1
        self.talk += talk
        self.hold += hold

    def row(self) -> Row:
        counts = {f"{status}_calls": self.by[status] for status in STATUSES}
        return {**counts, "total_call_count": sum(self.by.values())}


def _chosen(facts: Facts) -> list[PhoneCall]:
    wanted = frozenset(facts.query.extensions or ())
    return [call for call in facts.phone_calls() if call.extension in wanted]


def extension_statistics(facts: Facts) -> Made:
    """``extcallstatistics``: one row per extension."""
    counts: dict[int, _Counts] = defaultdict(_Counts)
    total = _Counts()
    for call in _chosen(facts):
        counts[call.extension].add(call.status, call.talk, call.hold)
        total.add(call.status, call.talk, call.hold)
    rows = []
    for index in facts.query.extensions or ():
        info = facts.book.extensions[index]
        rows.append({"ext_num": info.number, "ext_name": info.name, **_timed(counts[index])})
    return Made(rows, _timed(total))


def _timed(counts: _Counts) -> Row:
    times = {"total_holding_time": seconds(counts.hold), "total_talking_time": seconds(counts.talk)}
    return {**counts.row(), **times}


def extension_activity(facts: Facts) -> Made:
    """``extcallactivity``: the chosen extensions together, by hour, day or month."""
    return _activity(facts, _chosen(facts), facts.query.extensions)


def trunk_activity(facts: Facts) -> Made:
    """``trunkactivity``: the chosen trunks together, and internal calls if wanted, by hour, day or month."""
    wanted = {*facts.query.trunks, -1}  # an internal call has no trunk
    return _activity(facts, (call for call in facts.trunk_calls() if call.trunk in wanted), facts.query.trunks)


def _activity(facts: Facts, calls: Iterable[PhoneCall | TrunkCall], chosen: tuple[int, ...] | None) -> Made:
    if not chosen:
        return Made([])
    counts: dict[int, _Counts] = defaultdict(_Counts)
    total = _Counts()
    for call in calls:
        counts[facts.bucket(call.at)].add(call.status, call.talk)
        total.add(call.status, call.talk)

    def row(each: _Counts) -> Row:
        return {**each.row(), "total_talking_time": seconds(each.talk)}

    return Made([{"time": each, **row(counts[each])} for each in facts.query.buckets], row(total))


def number_activity(facts: Facts) -> Made:
    """``trunkdiddodactivity``: DIDs and outbound caller ids of a trunk by bucket, where there were calls."""
    counts: dict[tuple[str, int, int], _Counts] = defaultdict(_Counts)
    total = _Counts()
    for call in facts.trunk_calls():
        if call.trunk in facts.query.trunks:
            kind, index = ("DID", call.did) if call.kind == INBOUND else ("DOD", call.dod)
            counts[kind, index, facts.bucket(call.at)].add(call.status, call.talk)
            total.add(call.status, call.talk)
    rows = []
    for (kind, index, bucket), each in sorted(counts.items()):
        info = facts.book.dids[index] if kind == "DID" else facts.book.dods[index]
        rows.append(
            {"number": info.number, "name": info.name, "number_type": kind, "time": bucket, **each.row()}
            | {"total_talking_time": seconds(each.talk)}
        )
    return Made(rows, {**total.row(), "total_talking_time": seconds(total.talk)})


def menus(facts: Facts) -> Made:
    """``ivr``: how often each key was pressed, and how often none was in time."""
    wanted = frozenset(facts.query.ivrs)
    presses: dict[int, Counter[str]] = defaultdict(Counter)
    details: dict[int, list[tuple[int, int, Row]]] = defaultdict(list)
    for record in facts.records():
        for visit in record.menus:
            if visit.ivr not in wanted or not facts.inside(visit.entered):
                continue
            presses[visit.ivr].update(key for _, key in visit.keys)
            presses[visit.ivr]["timeout"] += len(visit.timeouts)
            keys = ",".join(key for _, key in visit.keys)
            row = {
                "id": record.uid,
                "time": facts.wall(visit.entered),
                "call_from": facts.caller(record.number),
                "key_pressed": keys,
                "timeouts": len(visit.timeouts),
            }
            details[visit.ivr].append((visit.entered, record.call, row))
    rows = []
    for index in facts.query.ivrs:
        info = facts.book.ivrs[index]
        rows.append({"ivr_name": info.name, "ivr_num": info.number, "press_count": _presses(presses[index])})
    ordered = [[row for *_, row in sorted(details[each], key=lambda one: one[:2])] for each in facts.query.ivrs]
    total = _presses(sum((presses[each] for each in facts.query.ivrs), Counter()))
    return Made(rows, {"press_count": total}, ordered)


def _presses(counts: Counter[str]) -> dict[str, int]:
    return {f"press_{key}": counts[key] for key in (*"1234567890", "timeout")}


def ring_groups(facts: Facts) -> Made:
    """``ringgroupstatistics``: calls of each group, and how often each member rang and answered."""
    legs: dict[int, list[PhoneLeg]] = defaultdict(list)
    for record in facts.records():
        for phone in record.phones:
            if facts.inside(phone.started) and phone.outcome != rec.OPEN:
                legs[phone.ring_group].append(phone)
    rows: list[Row] = []
    for index in facts.query.groups:
        group, mine = facts.book.ring_groups[index], legs[index]
        rang = Counter(ring.extension for leg in mine for ring in leg.rings)
        took = Counter(leg.extension for leg in mine if leg.answered is not None)
        members = [
            {"ext_name": info.name, "ext_num": info.number, "answered_calls": took[one], "total_calls": rang[one]}
            for one in group.members
            for info in (facts.book.extensions[one],)
        ]
        head = {"group_name": group.name, "group_num": group.number}
        rows.append(
            {**head, "answered_calls": took.total(), "total_calls": len(mine), "member_list": members}
        )  # fmt: skip
    total: Row = {key: sum(row[key] for row in rows) for key in ("answered_calls", "total_calls")}
    return Made(rows, total)


# -- what calls cost -----------------------------------------------------------------------------------------


def _billed(facts: Facts) -> list[CallRecord]:
    """Answered calls out over the chosen trunks that are over and have a rate, in order of time."""
    wanted = facts.query.extensions
    found = [
        record
        for record in facts.records()
        if record.cost is not None
        and record.trunk in facts.query.trunks
        and facts.inside(record.start)
        and (wanted is None or record.caller in wanted)
    ]
    return sorted(found, key=lambda each: (each.start, each.call))


def _money(cost: int) -> float:
    return round(cost / MONEY_SCALE, 4)


def billing(facts: Facts) -> Made:
    """``extcallbilling``: calls, time and cost of each extension that has any."""
    sums: dict[int, list[CallRecord]] = defaultdict(list)
    for record in _billed(facts):
        sums[record.caller].append(record)
    rows = []
    for index in sorted(sums):
        info = facts.book.extensions[index]
        rows.append({"ext_name": info.name, "ext_num": info.number, **_bill(facts, sums[index])})
    return Made(rows, _bill(facts, [record for each in sums.values() for record in each]))


def _bill(facts: Facts, records: list[CallRecord]) -> Row:
    return {
        "total_calls": len(records),
        "total_talk_duration": seconds(sum(each.talk_ms(facts.now) for each in records)),
        "total_cost": _money(sum(each.cost or 0 for each in records)),
        "currency": facts.book.currency,
    }


def billing_details(facts: Facts) -> Made:
    """``extcallbillingdetails``: one row per call."""
    records, rows = _billed(facts), []
    for record in records:
        info, rate = facts.book.extensions[record.caller], facts.book.rates[record.rate]
        rows.append(
            {
                "time": facts.wall(record.start),
                "ext_name": info.name,
                "ext_num": info.number,
                "call_to": record.number,
                "trunk_name": facts.book.trunks[record.trunk].name,
                "rate_name": rate.name,
                "talk_duration": seconds(record.talk_ms(facts.now)),
                "account_code": record.account_code or "",
                "cost": _money(record.cost or 0),
                "currency": facts.book.currency,
            }
        )
    total = {"talk_duration": seconds(sum(each.talk_ms(facts.now) for each in records))}
    return Made(rows, total | {"cost": _money(sum(each.cost or 0 for each in records))})
