"""Pasted request details: whatever people copy becomes a report or a sentence."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.domain.errors import UserError
from console.domain.messages import english
from console.reports.loader import definition_from_json, definition_to_json
from console.reports.runner import ImportedReport
from console.reports.schema import MADE_UP_TITLE, Format, ParamKind
from console.vendors.registry import backends
from console.vendors.xima.reports.paste import read_request_details
from tests.vendors.xima.report_support import REPORT, plan

TOKEN = "kQ9v+Zx/7uTq1LmN0pR=="
URL = f"https://acme-ns.example.com/rest/api/v1/historic-data/{REPORT}"
FRAME: dict[str, Any] = {
    "name": "Report Timeframe",
    "valueType": "REPORT_TIMEFRAME",
    "required": True,
    "editable": True,
    "value": {
        "type": "REPORT_TIMEFRAME",
        "start": "2026-03-09T00:00:00.000-06:00",
        "end": "2026-03-10T23:59:59.000-06:00",
        "shift": {"startTime": "07:00:00", "endTime": "18:59:59"},
    },
}
AGENT: dict[str, Any] = {
    "name": "Agent",
    "valueType": "PBX_USERS",
    "required": True,
    "criteriaParameters": {"filter": "REPORTS", "type": "PBX_USERS"},
    "subGroupSelection": True,
    "value": {"type": "PBX_USERS", "pbxUsers": [{"key": "Ann Öz(201)", "id": 4}], "roles": [{"key": "R1"}]},
}
ROW: dict[str, Any] = {
    "name": "Rows (Time)",
    "valueType": "TIME_ROW",
    "value": {"type": "TIME_ROW", "intervalLength": 15, "intervalType": "MINUTES", "align": True},
}
ODD: dict[str, Any] = {"name": "Media", "valueType": "MEDIA_SELECTION", "value": {"type": "MEDIA_SELECTION", "on": [1]}}
BODY: dict[str, Any] = {"format": "json", "parameters": [FRAME, ROW, AGENT, ODD], "skin": "Plain"}
TEXT = json.dumps(BODY, indent=2, ensure_ascii=False)


def take(text: str) -> ImportedReport:
    """Read a text as that of the hosted product."""
    return read_request_details(text, "xima")


def codes(found: ImportedReport) -> set[str]:
    """The codes of the notes."""
    return {note.code for note in found.notes}


def sent_again(found: ImportedReport) -> dict[str, Any]:
    """The body that the imported values give."""
    values = dict(found.values) | ({} if found.definition.wire.get("key") else {"report_key": REPORT})
    made: dict[str, Any] = json.loads(plan("table", values, found.definition).requests[0].body)
    return made


def at_denver(body: dict[str, Any]) -> dict[str, Any]:
    """The body as the console sends it: the same."""
    return json.loads(json.dumps(body))  # type: ignore[no-any-return]


CURL = f"curl -X POST '{URL}' \\\n  -H 'Authorization: Bearer {TOKEN}' \\\n  -d '{TEXT}'"
CMD = (
    f'curl -X POST "{URL}" ^\n -H "Authorization: Bearer {TOKEN}" ^\n -d "' + json.dumps(BODY).replace('"', '\\"') + '"'
)
WORD = f"Authorization : Bearer {TOKEN}\n{URL}\n" + json.dumps(BODY).replace('"', "\u201d")
WHOLE = {
    "window": f"URL\nPOST {URL}\nHeader\nAuthorization : Bearer {TOKEN}\nBody\n{TEXT}\n",
    "body first": f"{TEXT}\n\nAuthorization: Bearer {TOKEN}\n{URL}",
    "http file": f"POST /rest/api/v1/historic-data/{REPORT} HTTP/1.1\r\nHost: acme-ns.example.com\r\n"
    f"Authorization: Bearer {TOKEN}\r\n\r\n{TEXT}",
    "curl": CURL,
    "cmd": CMD,
    "word": WORD,
    "json": json.dumps({"url": URL, "headers": {"Authorization": f"Bearer {TOKEN}"}, "body": BODY}),
    "twice": f"{URL}\n{TEXT}\n{CURL}",
}


@pytest.mark.parametrize("text", WHOLE.values(), ids=WHOLE.keys())
def test_all_is_recovered_in_whatever_order(text: str) -> None:
    found = take(text)
    assert found.definition.wire["key"] == REPORT
    assert found.base_url == "https://acme-ns.example.com"
    assert found.definition.is_custom
    assert found.definition.backend == "xima"
    assert sent_again(found) == at_denver(BODY)
    assert "import.credential" in codes(found)
    assert TOKEN not in repr(found)
    assert TOKEN[:12] not in json.dumps(definition_to_json(found.definition))


def test_types_that_are_known_get_fields_and_all_others_stay_json() -> None:
    found = take(f"{URL}\n{TEXT}")
    kinds = {param.label: param.kind for param in found.definition.params}
    assert kinds == {
        "Report Timeframe": ParamKind.TIMEFRAME,
        "Rows (Time)": ParamKind.INTERVAL,
        "Agent": ParamKind.MULTI_CHOICE,
        "Agent: roles": ParamKind.MULTI_CHOICE,
        "Media": ParamKind.RAW_JSON,
    }
    assert found.values["agent"] == ["Ann Öz(201)"]
    assert found.values["agent_roles"] == ["R1"]
    assert found.values["rows_time"] == {"length": 15, "unit": "MINUTES"}
    assert found.values["media"] == ODD["value"]
    assert found.values["report_timeframe"] == {
        "preset": "custom",
        "start": "2026-03-09T00:00:00",
        "end": "2026-03-10T23:59:59",
        "daily": ["07:00:00", "18:59:59"],
    }
    assert found.definition.rules == ("one_of:agent,agent_roles",)
    assert {"import.verbatim", "import.offset"} == codes(found)
    assert definition_from_json(definition_to_json(found.definition)) == found.definition


def test_other_choices_keep_what_stood_beside_them() -> None:
    found = take(f"{URL}\n{TEXT}")
    values = dict(found.values) | {"agent": ["Bo(2)", "Ann Öz(201)"]}
    body = json.loads(plan("csv", values, found.definition).requests[0].body)
    assert body["format"] == "csv"
    assert body["skin"] == "Plain"
    agent = body["parameters"][2]
    assert agent["value"]["pbxUsers"] == [{"key": "Bo(2)"}, {"key": "Ann Öz(201)", "id": 4}]
    assert agent["subGroupSelection"] is True
    assert agent["criteriaParameters"] == AGENT["criteriaParameters"]


def test_an_address_alone() -> None:
    found = take(f"  {URL}  ")
    assert found.definition.wire["key"] == REPORT
    assert found.definition.params == ()
    assert codes(found) == {"import.no_body"}


def test_a_body_alone_asks_for_the_key() -> None:
    found = take(TEXT)
    assert found.definition.params[0].id == "report_key"
    assert "import.no_key" in codes(found)
    assert found.base_url == ""
    assert sent_again(found) == at_denver(BODY)


@pytest.mark.parametrize(
    ("url", "base", "note"),
    [
        (f"http://10.0.0.9:9080/rest/api/v1/historic-data/{REPORT}", "http://10.0.0.9:9080", None),
        (f"https://x.example.com/xima/rest/api/v1/historic-data/{REPORT}", "https://x.example.com/xima", None),
        (f"https://x.example.com/api/v1/historic-data/{REPORT}", "https://x.example.com", "import.prefix"),
        (
            f"https://u:Sup3rSecret@x.example.com/rest/api/v1/historic-data/{REPORT}",
            "https://x.example.com",
            "import.credential",
        ),
        (
            f"https://x.example.com/rest/api/v1/historic-data/{REPORT}?auth_token={TOKEN}",
            "https://x.example.com",
            "import.credential",
        ),
        (f"/rest/api/v1/historic-data/{REPORT}", "", None),
        (f"historic-data/{REPORT}", "", None),
    ],
)
def test_addresses(url: str, base: str, note: str | None) -> None:
    found = take(url)
    assert found.definition.wire["key"] == REPORT
    assert found.base_url == base
    assert note is None or note in codes(found)
    assert "Sup3rSecret" not in repr(found)
    assert TOKEN not in repr(found)


def test_the_case_of_a_key_is_kept_and_a_placeholder_is_none() -> None:
    assert take("https://x.example.com/rest/api/v1/historic-data/kEy-9").definition.wire["key"] == "kEy-9"
    found = take("POST /rest/api/v1/historic-data/{historicDataKey}\n" + TEXT)
    assert "key" not in found.definition.wire


def test_a_title_on_a_line_of_its_own_is_taken() -> None:
    assert take(f"Report Template: Night Shift Calls\n{URL}\n{TEXT}").definition.title == "Night Shift Calls"
    assert take(f"{URL}\n{TEXT}").definition.title == f"Report {REPORT}"


def test_a_title_of_our_own_is_marked_so_that_the_first_result_can_name_the_report() -> None:
    unnamed = take(f"{URL}\n{TEXT}").definition
    assert unnamed.wire[MADE_UP_TITLE] == unnamed.title
    assert take(TEXT).definition.wire[MADE_UP_TITLE] == "Imported report"
    assert MADE_UP_TITLE not in take(f"Report Template: Night Shift Calls\n{URL}\n{TEXT}").definition.wire


def test_another_format_comes_first() -> None:
    found = take(URL + json.dumps(BODY | {"format": "PDF"}))
    assert found.definition.formats[0] is Format.PDF
    assert take(URL + TEXT).definition.formats[0] is Format.TABLE


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "import.nothing"),
        ("just words, nothing else", "import.nothing"),
        ("https://x.example.com/rest/api/v1/realtime/metrics/values?id=1", "import.realtime"),
        ("ws://x/rest/api/v1/realtime-metric-subscription?id=1&auth_token=x", "import.realtime"),
        (URL + "\n" + TEXT[:-30], "import.cut"),
        (URL + "\n" + json.dumps({"reportId": 1, "columns": [], "rows": []}), "import.answer"),
        (TEXT + "\n" + json.dumps({"format": "csv", "parameters": []}), "import.several"),
        (URL + "\n" + URL + "X", "import.several"),
        ('{"parameters": [1]}', "import.parameters"),
        ('{"parameters": ' + "[" * 100_000, "import.nested"),
        ("x" * (1024 * 1024 + 1), "import.too_long"),
    ],
)
def test_what_cannot_be_read_says_why(text: str, code: str) -> None:
    with pytest.raises(UserError) as caught:
        take(text)
    assert caught.value.message.code == code
    assert english(caught.value.message)


def test_a_cut_off_body_says_where() -> None:
    with pytest.raises(UserError) as caught:
        take(URL + "\n" + TEXT[:200])
    assert caught.value.message.args["line"] == TEXT[:200].count("\n") + 2


def test_every_cut_of_a_whole_text_is_a_report_or_a_sentence() -> None:
    text = WHOLE["window"]
    said: set[str] = set()
    for size in range(len(text)):
        try:
            found = take(text[:size])
        except UserError as error:
            said.add(english(error.message))
        else:
            assert found.definition.params == () or sent_again(found) == at_denver(BODY)


@pytest.mark.parametrize(
    "entry",
    [
        {"name": "A", "valueType": "PBX_USERS", "value": {"type": "PBX_USERS"}},
        {"name": "A", "valueType": "PBX_USERS", "value": {"type": "PBX_USERS", "pbxUsers": "all"}},
        {"name": "A", "valueType": "PBX_USERS", "value": {"type": "PBX_USERS", "pbxUsers": [{"key": 4}]}},
        {"name": "A", "valueType": "PBX_USERS", "value": {"type": "OTHER", "pbxUsers": []}},
        {
            "name": "A",
            "valueType": "PBX_USERS",
            "value": {"type": "PBX_USERS", "pbxUsers": [{"key": "a"}, {"key": "a"}]},
        },
        {"name": "A", "valueType": "SKILLS", "value": {"type": "SKILLS", "skills": [{"key": "Sales"}], "deep": True}},
        {"name": "A", "valueType": "REPORT_TIMEFRAME", "value": {"type": "REPORT_TIMEFRAME", "start": "x", "end": "y"}},
        {
            "name": "A",
            "valueType": "TIME_ROW",
            "value": {"type": "TIME_ROW", "intervalLength": 0, "intervalType": "DAYS"},
        },
        {"name": "A", "valueType": "X", "value": None},
        {"name": "A", "valueType": "X"},
        {"name": "A", "value": [1, 2.5, "x"]},
        {"name": "A", "valueType": None, "value": 1},
        {"name": None, "valueType": "X", "value": True, "required": True},
        {"valueType": "X", "value": {"type": "X"}, "editable": False},
        {},
    ],
)
def test_odd_parameters_travel_as_they_are(entry: dict[str, Any]) -> None:
    body = {"format": "json", "parameters": [entry, entry | {"more": 1}]}
    assert sent_again(take(URL + " " + json.dumps(body))) == body


def test_both_products_read_it() -> None:
    for backend in ("chronicall", "xima"):
        read = backends()[backend].import_report
        assert read is not None
        assert read(URL).definition.backend == backend


PIECES = st.sampled_from(
    [
        *WHOLE.values(),
        TEXT,
        URL,
        TOKEN,
        "{",
        "}",
        '"',
        "[",
        "]",
        '{"parameters":[',
        "historic-data/",
        "Bearer ",
        "\\",
        "%zz",
        "\ud83d",
    ]
)


@settings(max_examples=150)
@given(st.lists(PIECES | st.text(max_size=12), max_size=6).map("".join), st.integers(0, 400), st.text(max_size=3))
def test_any_text_is_a_report_or_a_sentence(text: str, at: int, put: str) -> None:
    try:
        found = take(text[:at] + put + text[at + len(put) :])
    except UserError as error:
        english(error.message)  # it has a sentence
        return
    assert found.definition.id
    assert definition_from_json(definition_to_json(found.definition)) == found.definition


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
ENTRIES = st.fixed_dictionaries(
    {},
    optional={
        "name": st.text(max_size=8) | VALUES,
        "valueType": st.sampled_from(["PBX_USERS", "SKILLS", "GROUPS", "TIME_ROW", "REPORT_TIMEFRAME", "NEW"]),
        "value": VALUES,
        "required": st.booleans(),
        "editable": st.booleans(),
        "extra": VALUES,
    },
)


@settings(max_examples=150)
@given(st.lists(ENTRIES, max_size=4))
def test_any_body_is_sent_again_as_it_was(entries: list[dict[str, Any]]) -> None:
    body = {"format": "json", "parameters": entries}
    assert sent_again(take(URL + "\n" + json.dumps(body))) == body


def test_a_hostile_text_is_read_in_no_time() -> None:
    for text in (
        '{"a":' * 60_000,
        '{"' * 300_000,
        "historic-data/" * 40_000,
        "{ \n" * 200_000,
        "Bearer " * 100_000,
        "\n" * 900_000,
        ":" * 900_000,
    ):
        with contextlib.suppress(UserError):
            take(text)
