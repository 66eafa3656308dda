"""Answers to rows: both generations, people once, callers recognised, what is missing."""

from __future__ import annotations

import pytest

from console.domain.enums import Section
from console.domain.text import AT_LEAST
from console.domain.values import Origin, Status
from console.vendors.asternic.agent_rows import MEASURED, Labels
from console.vendors.asternic.wire import parse_list
from tests.vendors.asternic.support import (
    AGENTS,
    FLOOR,
    QUEUES,
    T0,
    agent,
    caller,
    floor,
    mapped,
    older,
    row,
    summary,
    value,
)


def test_every_figure_of_a_queue_is_the_one_sent() -> None:
    board = mapped(FLOOR)
    sales = row(board.queues, "100")
    shown = {column: value(sales, column) for column in sales.readings}
    assert shown == {
        "waiting": 2,
        "longest_wait": 75_000,
        "agents_logged_in": 3,
        "agents_available": 1,
        "agents_busy": 1,
        "agents_paused": 1,
        "agents_logged_off": 1,
        "answered": 734,
        "unanswered": 31,
        "abandoned": 24,
        "abandon_rate": 3.17,
        "avg_wait": 52_000,
        "avg_talk": 211_000,
        "metric:penalty": 0,
    }
    assert sales.reading("longest_wait").origin is Origin.VENDOR
    assert value(sales, "longest_wait", 10) == 85_000  # it runs on between two answers
    assert sales.reading("agents_available").origin is Origin.COMPUTED
    for never in ("offered", "service_level"):
        assert sales.reading(never).status is Status.UNSUPPORTED
        assert never not in {column.id for column in board.columns[Section.QUEUES]}


def test_trap_15_both_generations_give_the_same_columns() -> None:
    newer = summary(
        Waiting="1",
        Agents="4",
        Busy="2",
        Paused="1",
        Answered="10",
        Unanswered="2",
        Abandon_Rate="5",
        Avg_Wait="7",
        Avg_Duration="00:02:05",
        max_wait="17",
    )
    former = older(
        callsWaiting="1",
        staffed="4",
        talking="2",
        auxiliary="1",
        answeredCals="10",
        unansweredCalls="2",
        abandonRate="5",
        averageWaitTime="7",
        averageCallTime="00:02:05",
        maxWaitTime="17",
    )
    waiting = {"1": {"1": caller("+12025550147", "17")}}
    rows = [mapped(floor(waiting=waiting, queue={"1": fields}, agents={})).queues[0] for fields in (newer, former)]
    assert {c: value(rows[1], c) for c in rows[1].readings} == {c: value(rows[0], c) for c in rows[1].readings}
    assert value(rows[1], "avg_talk") == 125_000
    assert rows[1].reading("abandoned").status is Status.UNSUPPORTED
    assert rows[1].reading("agents_logged_off").status is Status.UNSUPPORTED


def test_a_mixture_of_both_generations_reads_the_newer_name_first() -> None:
    queue = summary(Waiting="3") | {"callsWaiting": "9"}
    assert value(mapped(floor(waiting={}, queue={"1": queue})).queues[0], "waiting") == 3
    swapped = {"callsWaiting": "9"} | summary(Waiting="3")
    assert value(mapped(floor(waiting={}, queue={"1": swapped})).queues[0], "waiting") == 3


def test_a_field_one_queue_lacks_is_an_error_and_one_all_lack_unsupported() -> None:
    short = summary()
    del short["Paused"], short["Answered"]
    board = mapped(floor(queue={"1": summary(Paused="2"), "2": short | {"Answered": "1"}}))
    assert value(row(board.queues, "1"), "agents_paused") == 2
    assert row(board.queues, "2").reading("agents_paused").status is Status.ERROR
    nobody = summary()
    del nobody["Paused"]
    alone = mapped(floor(queue={"1": nobody}))
    assert row(alone.queues, "1").reading("agents_paused").status is Status.UNSUPPORTED


def test_trap_4_what_cannot_be_read_is_unknown_and_never_zero() -> None:
    queue = summary(Waiting="", Answered="1,234", Abandoned="१२", Busy=True, Paused=None, Avg_Wait="n/a")
    sales = row(mapped(floor(waiting={}, queue={"100": queue})).queues, "100")
    for column in ("answered", "abandoned", "agents_busy", "agents_paused"):
        assert sales.reading(column).status is Status.ERROR, column
        assert sales.reading(column).value is None
        assert sales.reading(column).text
    assert sales.reading("avg_wait").status is Status.NOT_APPLICABLE


def test_trap_14_negative_counts_are_not_shown() -> None:
    queue = summary(Agents="15", Busy="13", Paused="3") | {"Available": "-1", "Received": "758"}
    board = mapped(floor(queue={"100": queue}, agents={}))
    sales = row(board.queues, "100")
    assert sales.reading("agents_available").status is Status.ERROR
    assert "-1" in sales.reading("agents_available").text
    assert value(sales, "offered") == 758
    three = {"A": agent(), "B": agent("busy"), "C": agent(paused="1")}
    queue = summary(Agents="3") | {"Available": "-1"}
    counted = mapped(floor(queue={"100": queue}, agents={"100": three}))
    assert value(row(counted.queues, "100"), "agents_available") == 1


def test_free_agents_are_counted_only_where_the_list_is_complete() -> None:
    body = floor(queue={"100": summary(Agents="5"), "101": summary(Agents="1")})
    board = mapped(body)
    assert row(board.queues, "100").reading("agents_available").status is Status.UNSUPPORTED
    assert value(row(board.queues, "101"), "agents_available") == 0  # Anna is busy


def test_averages_of_no_calls_do_not_apply() -> None:
    outbound = row(mapped(FLOOR).queues, "OUTBOUND")
    for column in ("abandon_rate", "avg_wait", "avg_talk"):
        assert outbound.reading(column).status is Status.NOT_APPLICABLE
    assert value(outbound, "answered") == 0  # while a count of nothing is zero
    lost = mapped(floor(queue={"1": summary(Unanswered="4", Abandoned="4", Abandon_Rate="100")})).queues[0]
    assert value(lost, "avg_wait") == 0
    assert lost.reading("avg_talk").status is Status.NOT_APPLICABLE


def test_a_longest_wait_the_callers_contradict_is_computed_from_them() -> None:
    waiting = {"100": {"1": caller("+12025550147", "17")}}
    board = mapped(floor(waiting=waiting, queue={"100": summary(Waiting="1", max_wait="00:05:00")}))
    reading = row(board.queues, "100").reading("longest_wait")
    assert (reading.value_at(T0), reading.origin) == (17_000, Origin.COMPUTED)
    assert "300 s" in reading.text
    calm = mapped(floor(waiting={"100": {}}, queue={"100": summary(max_wait="300")}))
    assert value(row(calm.queues, "100"), "longest_wait", 60) == 0


def test_ds_04_every_spelling_of_nothing_means_empty_and_absence_means_unknown() -> None:
    for nothing in ({}, [], None, ""):
        board = mapped(floor(waiting={"100": nothing, "101": nothing}))
        assert board.waiting == ()
        assert value(row(board.queues, "100"), "longest_wait", 9) == 0
        board = mapped(floor(waiting=nothing, agents=nothing))
        assert (board.waiting, board.agents, board.missing) == ((), (), {})
        assert mapped({"waiting calls": nothing, "summary": nothing, "agents": nothing}).queues == ()
    body = floor()
    del body["waiting calls"], body["agents"]
    board = mapped(body)
    assert set(board.missing) == {Section.WAITING, Section.AGENTS}
    assert Section.WAITING not in board.columns
    sales = row(board.queues, "100")
    assert value(sales, "waiting") == 2  # the summary says so
    assert value(sales, "longest_wait", 5) == 80_000
    body = floor()
    del body["summary"]
    sales = row(mapped(body).queues, "100")
    assert (value(sales, "waiting"), sales.reading("waiting").origin) == (2, Origin.COMPUTED)
    assert value(sales, "longest_wait") == 75_000
    assert sales.reading("answered").status is Status.UNSUPPORTED


def test_a_queue_missing_from_one_part_is_unknown_there() -> None:
    board = mapped(floor(waiting={"101": {}}))
    sales = row(board.queues, "100")
    assert value(sales, "waiting") == 2
    assert value(sales, "longest_wait", 5) == 80_000  # the summary's, as the callers of 100 are not listed


def test_trap_16_positions_sort_by_number_and_may_have_gaps_or_be_a_list() -> None:
    line = {str(place): caller(f"+1202555{place:04d}", str(100 - place)) for place in (10, 2, 1, 7)}
    board = mapped(floor(waiting={"100": line}))
    assert [value(item, "position") for item in board.waiting] == [1, 2, 7, 10]
    listed = mapped(floor(waiting={"100": [caller("+12025550111", "9"), caller("+12025550112", "4")]}))
    assert [value(item, "position") for item in listed.waiting] == [1, 2]
    odd = mapped(floor(waiting={"100": {"next": caller("+12025550111", "9")}}))
    assert odd.waiting[0].reading("position").status is Status.ERROR


def test_trap_28_callers_without_a_number_have_none() -> None:
    board = mapped(floor(waiting={"100": {"1": caller("asterisk", "5"), "2": caller("+12025550147", "3", "Ada")}}))
    assert board.waiting[0].reading("caller_number").status is Status.NOT_APPLICABLE
    assert value(board.waiting[1], "caller_number") == "+12025550147"
    assert value(board.waiting[1], "caller_name") == "Ada"


def test_trap_28_an_agents_caller_without_a_number_has_none() -> None:
    for nobody in ("asterisk", "unknown", "Anonymous", ""):
        board = mapped(floor(agents={"100": {"A": agent("busy", callerid=nobody)}}))
        assert board.agents[0].reading("caller").status is Status.NOT_APPLICABLE


def test_trap_17_a_caller_keeps_his_identity_as_he_moves_up() -> None:
    ada, bob, eve = ("+12025550101", "+12025550102", "+12025550103")
    line = {"1": caller(ada, "60"), "2": caller(bob, "40"), "3": caller(bob, "12")}
    before = mapped(floor(waiting={"100": line}))
    line = {"1": caller(bob, "45"), "2": caller(bob, "17"), "3": caller(eve, "1")}
    after = mapped(floor(waiting={"100": line}), before, at_s=5)
    assert [item.id for item in after.waiting[:2]] == [item.id for item in before.waiting[1:]]
    assert after.waiting[2].id not in {item.id for item in before.waiting}
    assert [value(item, "wait", 5) for item in after.waiting] == [45_000, 17_000, 1_000]
    # the same number again after hanging up is somebody new
    again = mapped(floor(waiting={"100": {"1": caller(bob, "2")}}), after, at_s=10)
    assert again.waiting[0].id not in {item.id for item in (*before.waiting, *after.waiting)}


def test_nameless_callers_are_told_apart_by_their_waits() -> None:
    nobody = "asterisk"
    before = mapped(floor(waiting={"100": {"1": caller(nobody, "90"), "2": caller(nobody, "30")}}))
    after = mapped(floor(waiting={"100": {"1": caller(nobody, "35")}}), before, at_s=5)
    assert after.waiting[0].id == before.waiting[1].id


def test_whole_seconds_do_not_make_a_wait_jump() -> None:
    board = mapped(floor(waiting={"100": {"1": caller("+12025550101", "10")}}))
    for at_s, wait in ((4.6, "14"), (9.9, "20"), (14.95, "24")):  # the true wait is 10.2 s longer
        board = mapped(floor(waiting={"100": {"1": caller("+12025550101", wait)}}), board, at_s=at_s)
    shown = value(board.waiting[0], "wait", 14.95)
    assert isinstance(shown, float)
    assert 24_950 <= shown <= 25_200


def test_trap_13_people_count_once_across_queues() -> None:
    board = mapped(FLOOR, labels=Labels({"100": "Sales", "101": "Ventas"}, {}))
    assert [item.id for item in board.agents] == ["301", "302", "303", "304"]
    assert value(row(board.agents, "301"), "queues") == "Sales, Ventas"


def test_ds_08_two_people_of_one_name_are_two_and_one_person_of_two_names_is_one() -> None:
    two = {"100": {"John Doe": agent(location="SIP/481")}, "101": {"John Doe": agent("busy", "SIP/482")}}
    board = mapped(floor(agents=two))
    assert {item.id: value(item, "state") for item in board.agents} == {"481": "available", "482": "on_call"}
    one = {
        "100": {"J. Doe": agent(location="Local/481@from-queue/n")},
        "101": {"John Doe": agent(location="PJSIP/481")},
    }
    assert [item.id for item in mapped(floor(agents=one)).agents] == ["481"]
    nameless = {"100": {"John Doe": agent()}, "101": {"John Doe": agent()}}
    assert [item.id for item in mapped(floor(agents=nameless)).agents] == ["John Doe"]


@pytest.mark.parametrize(
    ("fields", "state", "word"),
    [
        (agent("not in use"), "available", "not in use"),
        (agent("busy"), "on_call", "busy"),
        (agent("ringing"), "ringing", "ringing"),
        (agent("dialout"), "other_call", "dialout"),
        (agent("unavailable"), "logged_off", "unavailable"),
        (agent("levitating"), "unknown", "levitating"),
        (agent("not in use", paused="1"), "paused", "paused"),
        (agent("not in use", paused=1, auxType="Lunch"), "paused", "paused (Lunch)"),
        (agent("busy", paused="1"), "on_call", "busy, paused"),
        (agent("dialout", paused="1"), "other_call", "dialout, paused"),
        (agent("not in use", paused="7"), "unknown", "not in use"),
        (agent("not in use", paused="1", auxType="Wrapup"), "after_call", "paused (Wrapup)"),
        (agent("not in use", paused="1", auxType="Hold"), "on_call", "not in use, paused"),
        (agent("not in use", paused="1", auxType="Login"), "available", "not in use"),
        ({"status": "NOT IN USE"}, "available", "NOT IN USE"),
        ("busy", "on_call", "busy"),
    ],
)
def test_states_and_pauses(fields: object, state: str, word: str) -> None:
    reading = mapped(floor(agents={"100": {"A": fields}})).agents[0].reading("state")
    assert (reading.value, reading.text) == (state, word)


def test_trap_14_a_status_that_is_not_sent_is_an_error() -> None:
    for fields in ({}, [], None, {"location": "SIP/301"}):
        reading = mapped(floor(agents={"100": {"A": fields}})).agents[0].reading("state")
        assert (reading.status, reading.value) == (Status.ERROR, None)


def test_somebody_paused_in_one_queue_only_is_available() -> None:
    both = {"100": {"A": agent(location="SIP/301", paused="1")}, "101": {"A": agent(location="SIP/301")}}
    reading = mapped(floor(agents=both), labels=Labels({"100": "Sales"}, {})).agents[0].reading("state")
    assert (reading.value, reading.text) == ("available", "not in use; paused in Sales")


def test_agents_may_come_as_a_list() -> None:
    listed = {"100": [agent("busy", "SIP/301", agent="Anna"), agent("ringing", "SIP/302", name="Ben")]}
    board = mapped(floor(agents=listed))
    assert [(item.id, item.name) for item in board.agents] == [("301", "Anna"), ("302", "Ben")]
    flat = [agent("busy", "SIP/301", agent="Anna", queue="100"), agent("busy", "SIP/301", agent="Anna", queue="101")]
    board = mapped(floor(agents=flat))
    assert [(item.id, value(item, "queues")) for item in board.agents] == [("301", "100, 101")]


def test_times_the_wire_tells_run_and_are_marked_as_inferred() -> None:
    board = mapped(FLOOR)
    busy, resting = row(board.agents, "301"), row(board.agents, "302")
    assert (value(busy, "time_in_state", 5), busy.reading("time_in_state").origin) == (100_000, Origin.INFERRED)
    assert value(resting, "time_in_state") == 600_000
    assert value(resting, "pause_reason") == "Lunch"
    assert busy.reading("pause_reason").status is Status.NOT_APPLICABLE
    assert value(busy, "caller") == "+12025550100"
    assert resting.reading("caller").status is Status.NOT_APPLICABLE


def test_times_the_console_measures_are_at_least_until_it_has_seen_a_change() -> None:
    board = mapped(FLOOR)
    maria = row(board.agents, "303").reading("time_in_state")
    assert (maria.value_at(T0 + 3000), maria.text, maria.origin) == (3000, AT_LEAST, Origin.COMPUTED)
    body = floor()
    body["agents"]["100"]["Maria Jones"]["status"] = "ringing"
    board = mapped(body, board, at_s=5)
    maria = row(board.agents, "303").reading("time_in_state")
    assert (maria.value_at(T0 + 7000), maria.text) == (2000, MEASURED)
    board = mapped(body, board, at_s=10)
    assert row(board.agents, "303").reading("time_in_state").value_at(T0 + 10_000) == 5000
    board = mapped(body, board, at_s=400)  # nobody watched meanwhile
    maria = row(board.agents, "303").reading("time_in_state")
    assert (maria.value_at(T0 + 400_000), maria.text) == (0, AT_LEAST)


def test_a_clock_that_is_set_moves_no_wait_and_ends_our_own_measuring() -> None:
    before = mapped(FLOOR)
    body = floor(waiting={"100": {"1": caller("asterisk", "80"), "2": caller("+12025550147", "46", "Hotel Miramar")}})
    after = mapped(body, before, at_s=5, set_s=3600)
    assert [item.id for item in after.waiting] == [item.id for item in before.waiting]
    assert [value(item, "wait", 5) for item in after.waiting] == [80_000, 46_000]
    maria = row(after.agents, "303").reading("time_in_state")
    assert (maria.value_at(T0 + 5000), maria.text) == (0, AT_LEAST)


def test_a_call_time_of_zero_says_nothing() -> None:
    body = floor(agents={"100": {"A": agent("busy", "SIP/301", duration="00:00:00")}})
    board = mapped(body, mapped(body), at_s=5)
    assert value(board.agents[0], "time_in_state", 5) == 5000
    assert board.agents[0].reading("time_in_state").text == AT_LEAST


@pytest.mark.parametrize(
    ("raw", "expected"),
    [("17 min. ago", 17 * 60_000), (str(int(T0 / 1000) - 90), 90_000)],
)
def test_the_last_call_in_words_or_as_an_instant(raw: str, expected: int) -> None:
    board = mapped(floor(agents={"100": {"A": agent(lastCall=raw)}}))
    assert value(board.agents[0], "last_call") == expected


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        ("0", Status.NOT_APPLICABLE),
        ("no information", Status.NOT_APPLICABLE),
        ("", Status.NOT_APPLICABLE),
        ("12", Status.ERROR),  # one imitation puts the number of calls here
        ("99999999999", Status.ERROR),
    ],
)
def test_a_last_call_that_tells_no_time(raw: str, status: Status) -> None:
    board = mapped(floor(agents={"100": {"A": agent(lastCall=raw)}}))
    assert board.agents[0].reading("last_call").status is status


def test_traps_11_and_12_pseudo_rows_are_left_out_and_numeric_agents_found() -> None:
    queues, agents = parse_list(QUEUES, "pbx", "queue"), parse_list(AGENTS, "pbx", "agent")
    assert [entry.key for entry in queues] == ["100", "101"]
    labels = Labels.of(queues, agents)
    assert labels.queue("101") == "Ventas España"
    assert labels.queue("777") == "777"
    assert labels.agent("Maria Jones") == "Maria Jones (Nacht)"
    assert labels.agent("301") == "301"
    body = floor(queue={"ALL": summary(Waiting="9"), "NONE": summary(), "100": summary()}, waiting={}, agents={})
    assert [item.id for item in mapped(body).queues] == ["100"]


def test_unknown_fields_are_shown_as_columns_of_their_own() -> None:
    board = mapped(floor(queue={"1": summary() | {"Callbacks": "4", "Mood": "gloomy", "deep": {"a": 1}}}))
    titles = {column.id: column.title for column in board.columns[Section.QUEUES]}
    assert titles["metric:callbacks"] == "Callbacks"
    assert "metric:deep" not in titles
    assert (value(board.queues[0], "metric:callbacks"), value(board.queues[0], "metric:mood")) == (4, "gloomy")


def test_unchanged_rows_stay_the_same_objects() -> None:
    body = floor(waiting={"100": {}, "101": {}})
    before = mapped(body)
    after = mapped(body, before, at_s=5)
    assert row(after.queues, "101") is row(before.queues, "101")
    assert row(after.agents, "303") is row(before.agents, "303")


def test_every_pointer_leads_to_its_figure() -> None:
    board = mapped(FLOOR)
    for section in (board.queues, board.agents, board.waiting):
        for item in section:
            for reading in item.readings.values():
                if reading.source is None or reading.source.formula:
                    continue
                found: object = FLOOR
                for step in reading.source.pointer.removeprefix("/").split("/"):
                    assert isinstance(found, dict)
                    found = found[step.replace("~1", "/").replace("~0", "~")]
                assert found is not None
