"""The course of a call: spans to scale, what is odd marked, no event lost, whatever is sent."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.domain.callflow import CallFlow, EventKind, SpanKind
from console.domain.errors import NotFound, ProtocolError, UserError
from console.domain.messages import english
from console.domain.values import Origin
from console.vendors.asternic.reports.flow import flow_of
from console.vendors.asternic.reports.vocabulary import WORDS
from tests.vendors.asternic.report_support import ReportServer
from tests.vendors.asternic.support import serving

NOON = datetime(2026, 8, 1, 12, 0, 0)  # noqa: DTZ001 - the server names no zone


def event(name: str, second: int, *infos: str, agent: str = "NONE", queue: str = "100", **more: Any) -> dict[str, Any]:
    """One row of the answer, `second` after noon."""
    row = {
        "uniqueid": "1790240400.1",
        "datetime": str(NOON + timedelta(seconds=second)),
        "queue": queue,
        "agent": agent,
        "event": name,
        "agentName": agent,
        "queueName": queue,
    }
    filled = (*infos, "", "", "", "", "")[:5]
    return row | {f"info{number}": text for number, text in enumerate(filled, 1)} | more


def flow(*rows: dict[str, Any]) -> CallFlow:
    """The rows numbered as they stand."""
    return flow_of("1790240400.1", [{"id": str(number), **row} for number, row in enumerate(rows, 1)])


def spans(made: CallFlow) -> list[tuple[str, int, int, str]]:
    """Kind, seconds and agent of each span."""
    return [(span.kind.value, span.start_ms // 1000, span.end_ms // 1000, span.who) for span in made.spans]


def codes(made: CallFlow) -> list[str]:
    return [remark.code for remark in made.remarks]


ENTER = event("ENTERQUEUE", 0, "www.example.com", "+12025550100")
CONNECT = event("CONNECT", 10, "10", "1790240403.9", "7", agent="Anna")


def test_an_answered_call() -> None:
    made = flow(ENTER, CONNECT, event("COMPLETEAGENT", 104, "10", "94", "1", agent="Anna"))
    assert spans(made) == [
        ("waiting", 0, 10, ""),
        ("ringing", 3, 10, "Anna"),
        ("talk", 10, 104, "Anna"),
        ("end", 104, 104, "Anna"),
    ]
    assert (made.start, made.length_ms, made.remarks) == (NOON, 104_000, ())
    assert made.events[1].details == (("hold", "10 s"), ("agent's call", "1790240403.9"), ("ring", "7 s"))
    assert [span.origin for span in made.spans][1] is Origin.INFERRED
    assert made.legs[0].ending == "COMPLETEAGENT"


def test_trap_23_ring_of_nobody_is_milliseconds_and_of_connect_seconds() -> None:
    made = flow(ENTER, event("RINGNOANSWER", 6, "4000", agent="Ben"), CONNECT, event("COMPLETECALLER", 20, "10", "10"))
    assert ("ringing", 2, 6, "Ben") in spans(made)
    assert ("ringing", 3, 10, "Anna") in spans(made)
    assert made.events[1].details == (("ring", "4000 ms"),)


def test_trap_23_exit_with_key_waits_in_the_fourth_place() -> None:
    assert codes(flow(ENTER, event("EXITWITHKEY", 30, "9", "2", "3", "30"))) == []
    assert codes(flow(ENTER, event("EXITWITHKEY", 30, "9", "2", "30", "3"))) == ["flow.clock"]


@pytest.mark.parametrize("name", ["ABANDON", "EXITWITHTIMEOUT", "EXITEMPTY", "WITHDRAW"])
def test_exits_wait_in_the_third_place(name: str) -> None:
    made = flow(ENTER, event(name, 42, "1", "2", "42"))
    assert spans(made) == [("waiting", 0, 42, ""), ("end", 42, 42, "")]
    assert codes(made) == []


@pytest.mark.parametrize("name", ["TRANSFER", "BLINDTRANSFER", "ATTENDEDTRANSFER"])
def test_trap_23_transfers_keep_hold_and_talk_in_places_three_and_four(name: str) -> None:
    made = flow(ENTER, CONNECT, event(name, 50, "700", "from-queue", "10", "40", "1", agent="Anna"))
    assert ("talk", 10, 50, "Anna") in spans(made)
    moved = next(span for span in made.spans if span.kind is SpanKind.TRANSFER)
    assert (moved.length_ms, codes(made)) == (0, [])


def test_a_transfer_that_keeps_its_talk_one_place_early_is_told_by_the_clock() -> None:
    made = flow(ENTER, CONNECT, event("TRANSFER", 50, "700", "ctx", "40", "10", agent="Anna"))
    assert codes(made) == ["flow.swapped"]


def test_an_attended_transfer_by_link_has_a_channel_where_seconds_belong() -> None:
    made = flow(ENTER, CONNECT, event("ATTENDEDTRANSFER", 50, "LINK", "SIP/1-a", "SIP/2-b", "10", "40"))
    assert ("talk", 10, 50, "Anna") in spans(made)


def test_a_gap_beyond_two_seconds_is_marked_not_corrected() -> None:
    made = flow(ENTER, CONNECT, event("COMPLETEAGENT", 104, "10", "80", "1", agent="Anna"))
    assert codes(made) == ["flow.clock"]
    assert english(made.remarks[0]) == "COMPLETEAGENT (talk) states 80 s where the clock shows 94 s."
    assert made.events[-1].marks == made.remarks
    assert ("talk", 10, 104, "Anna") in spans(made)
    assert codes(flow(ENTER, CONNECT, event("COMPLETEAGENT", 104, "10", "92"))) == []


def test_several_queues_are_legs() -> None:
    made = flow(
        ENTER,
        event("EXITWITHTIMEOUT", 30, "1", "1", "30"),
        event("ENTERQUEUE", 31, queue="200"),
        event("CONNECT", 40, "9", "x", "2", agent="Ben", queue="200"),
        event("COMPLETECALLER", 60, "9", "20", "1", agent="Ben", queue="200"),
    )
    assert [(leg.number, leg.queue, leg.start_ms, leg.end_ms) for leg in made.legs] == [
        (1, "100", 0, 30_000),
        (2, "200", 31_000, 60_000),
    ]
    assert codes(made) == ["flow.legs"]


def test_trap_27_an_ending_that_was_not_recorded() -> None:
    made = flow(ENTER, CONNECT, event("PAUSE", 30, "Lunch", agent="Anna"))
    assert codes(made) == ["flow.no_end"]
    talk = next(span for span in made.spans if span.kind is SpanKind.TALK)
    assert (talk.is_open, talk.end_ms) == (True, 30_000)
    assert made.legs[0].ending == ""


def test_a_second_enter_without_an_ending_leaves_the_first_open() -> None:
    made = flow(ENTER, event("ENTERQUEUE", 20, queue="200"), event("ABANDON", 25, "1", "1", "5", queue="200"))
    first = made.spans[0]
    assert (first.kind, first.end_ms, first.is_open) == (SpanKind.WAITING, 20_000, True)
    assert [leg.ending for leg in made.legs] == ["", "ABANDON"]


def test_trap_27_an_ending_without_a_beginning_begins_where_it_says() -> None:
    made = flow(event("DID", 0, "+4930555"), event("COMPLETEAGENT", 104, "10", "94", agent="Anna"))
    assert spans(made) == [("waiting", 0, 10, ""), ("talk", 10, 104, "Anna"), ("end", 104, 104, "Anna")]


def test_trap_24_unknown_words_are_kept_and_outbound_endings_known() -> None:
    made = flow(ENTER, event("SURVEY_DONE", 3, "5", "b"), event("BUSY", 12, "1", "1", "12"))
    assert [item.name for item in made.events] == ["ENTERQUEUE", "SURVEY_DONE", "BUSY"]
    assert made.events[1].kind is EventKind.OTHER
    assert made.events[1].details == (("info1", "5"), ("info2", "b"))
    assert spans(made) == [("waiting", 0, 12, ""), ("end", 12, 12, "")]


def test_trap_25_pauses_are_the_agents_and_change_no_span() -> None:
    lines = [event(name, 5, "Lunch", agent="Anna") for name in ("PAUSEALL", "PAUSE", "PAUSE", "UNPAUSE")]
    made = flow(ENTER, *lines, event("ABANDON", 9, "1", "1", "9"))
    assert [item.kind for item in made.events[1:5]] == [EventKind.AGENT] * 4
    assert spans(made) == [("waiting", 0, 9, ""), ("end", 9, 9, "")]


def test_hold_and_voicemail() -> None:
    made = flow(ENTER, CONNECT, event("HOLD", 20), event("UNHOLD", 25), event("COMPLETEAGENT", 40, "10", "30"))
    assert ("hold", 20, 25, "Anna") in spans(made)
    made = flow(ENTER, event("TO_VOICEMAIL", 15), event("HANGUP", 45))
    assert spans(made) == [("waiting", 0, 15, ""), ("voicemail", 15, 45, "")]
    assert codes(made) == []


def test_order_is_by_id_and_a_clock_set_back_is_said() -> None:
    rows = [{"id": "2", **CONNECT}, {"id": "10", **event("COMPLETEAGENT", 4, "10", "5")}, {"id": "1", **ENTER}]
    made = flow_of("1790240400.1", rows)
    assert [item.name for item in made.events] == ["ENTERQUEUE", "CONNECT", "COMPLETEAGENT"]
    assert "flow.backwards" in codes(made)


def test_trap_5_zero_dates_stand_where_the_event_before_does() -> None:
    made = flow(ENTER, CONNECT | {"datetime": "0000-00-00 00:00:00"}, event("COMPLETEAGENT", 30, "10", "20"))
    assert (made.events[1].at, made.events[1].at_ms) == (None, 0)
    assert codes(made)[0] == "flow.no_time"
    assert flow(ENTER | {"datetime": "01-08-2026 12:00:00"}, CONNECT).length_ms == 10_000


def test_other_ids_are_related_calls() -> None:
    made = flow(ENTER, CONNECT | {"uniqueid": "1790240499.7"}, event("COMPLETEAGENT", 30, "10", "20"))
    assert made.related == ("1790240499.7",)
    assert "flow.related" in codes(made)


def test_no_name_is_no_agent_and_entities_are_read() -> None:
    made = flow(ENTER | {"queueName": "Ventas Espa&ntilde;a"}, CONNECT, event("COMPLETEAGENT", 30, "10", "20"))
    assert (made.events[0].agent, made.events[0].queue) == ("", "Ventas España")
    assert ("queueName", "Ventas Espa&ntilde;a") in made.events[0].sent


_TEXTS = st.one_of(st.text(max_size=12), st.integers(-5, 90_000).map(str), st.none(), st.integers(), st.booleans())
_TIMES = st.one_of(
    st.integers(-100_000, 100_000).map(lambda second: str(NOON + timedelta(seconds=second))),
    st.sampled_from(["0000-00-00 00:00:00", "01-08-2026 12:00:01", "", "31-02-2026 00:00:00", "9999-12-31 23:59:59"]),
    _TEXTS,
)
_ROWS = st.one_of(
    st.fixed_dictionaries(
        {"event": st.one_of(st.sampled_from([*WORDS, "VOICEMAIL", "X"]), _TEXTS), "datetime": _TIMES},
        optional={f"info{n}": _TEXTS for n in range(1, 6)} | {"id": _TEXTS, "agent": _TEXTS, "uniqueid": _TEXTS},
    ),
    st.dictionaries(st.text(max_size=5), _TEXTS, max_size=3),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(_ROWS, max_size=12))
def test_any_events_give_a_flow_with_spans_inside_the_call(rows: list[dict[str, Any]]) -> None:
    made = flow_of("1.1", rows)
    assert len(made.events) == len(rows)
    assert all(0 <= span.start_ms <= span.end_ms <= made.length_ms for span in made.spans)
    assert all(0 <= item.at_ms <= made.length_ms for item in made.events)
    assert all(0 <= leg.start_ms <= leg.end_ms <= made.length_ms for leg in made.legs)
    assert [leg.number for leg in made.legs] == list(range(1, len(made.legs) + 1))
    assert all(english(remark) for remark in made.remarks)


def answer(*rows: dict[str, Any]) -> dict[str, Any]:
    """Rows in the envelope of the call entity."""
    return {"totalpages": "1", "currpage": "1", "totalrecords": str(len(rows)), "data": list(rows)}


async def test_trap_1_a_foreign_link_is_never_followed() -> None:
    server = ReportServer(answers={"call/1790240400.1": lambda _: answer(ENTER, CONNECT)})
    async with serving(server) as backend:
        made = await backend.reports().call_flow("http://evil.example/x/rest/index.php?entity=call/1790240400.1")
        assert len(made.events) == 2
        assert made.exchange_id
        assert set(server.paths) == {"/stats/rest/index.php"}


@pytest.mark.parametrize("text", ["", "call/", "../queues", "a b", "1/2", "call/1%2F..", "x?y=1", "1" * 200])
async def test_what_is_no_id_is_not_sent(text: str) -> None:
    server = ReportServer()
    async with serving(server) as backend:
        with pytest.raises(UserError):
            await backend.reports().call_flow(text)
        assert server.asked == []


async def test_an_unknown_call_is_said() -> None:
    server = ReportServer(answers={"call/1.1": lambda _: answer(), "call/1.2": lambda _: {"data": 7}})
    async with serving(server) as backend:
        with pytest.raises(NotFound, match="no events of the call"):
            await backend.reports().call_flow("1.1")
        with pytest.raises(ProtocolError, match="unexpected form"):
            await backend.reports().call_flow("1.2")
