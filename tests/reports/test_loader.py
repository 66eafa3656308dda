"""Definitions from TOML and JSON: exact round trips, errors that name the line."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.errors import UserError
from console.domain.values import Origin
from console.reports.columns import Column, ColumnKind
from console.reports.loader import definition_from_json, definition_to_json, load_definitions, parse_definitions
from console.reports.loader_forms import UNKNOWN
from console.reports.loader_lines import key_lines
from console.reports.schema import Choice, Condition, Format, Param, ParamKind, ReportDefinition

GOOD = """# a report
id = "agent-calls"
title = "Agent Calls"
summary = \"\"\"
Who called?
id = "no key"
\"\"\"
formats = ["table", "pdf"]
rules = [
  "max_days:31",   # a month
  "one_of:agents,queue",
]
columns = ["Agent", { title = "Calls #", kind = "number", origin = "computed" }]

[wire]
since = 2026-11-22
a.b = { c = "x # y" }

[[params]]
id = "agents"
kind = "multi_choice"
directory = "agents"

[[params]]
id = "queue"
kind = "choice"
label = "Queue"
choices = ["7", { value = "8", label = "Support" }]
visible_if = { param = "agents", is = "1" }
wire.name = 'Rows (Queue)'
"""


def test_a_file_becomes_a_definition():
    (found,) = parse_definitions(GOOD, "a.toml", backend="x")
    assert found == ReportDefinition(
        "agent-calls",
        "x",
        "Agent Calls",
        summary='Who called?\nid = "no key"\n',
        params=(
            Param("agents", ParamKind.MULTI_CHOICE, "Agents", directory="agents"),
            Param(
                "queue",
                ParamKind.CHOICE,
                "Queue",
                choices=(Choice("7", "7"), Choice("8", "Support")),
                visible_if=Condition("agents", ("1",)),
                wire={"name": "Rows (Queue)"},
            ),
        ),
        columns=(Column("agent", "Agent"), Column("calls", "Calls #", ColumnKind.NUMBER, origin=Origin.COMPUTED)),
        rules=("max_days:31", "one_of:agents,queue"),
        formats=(Format.TABLE, Format.PDF),
        wire={"since": "2026-11-22", "a": {"b": {"c": "x # y"}}},
    )


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('title = "Agent Calls"', "title = 5", 3, "title must be text"),
        ('title = "Agent Calls"', 'titel = "Agent Calls"', 1, "title is needed"),
        ('kind = "number"', 'kind = "numbr"', 13, "kind must be one of text, number"),
        ('"max_days:31"', '"max_day:31"', 10, "no rule max_day"),
        ('"one_of:agents,queue"', '"one_of:agents,queu"', 11, "no parameter queu"),
        ('["table", "pdf"]', '["table", "doc"]', 8, "must be one of table"),
        ('directory = "agents"', 'directry = "agents"', 22, "the key directry is not known"),
        ('kind = "choice"', "", 24, "kind must be one of"),
        ('id = "queue"', 'id = "agents"', 25, "the id agents is used twice"),
        ('param = "agents"', 'param = "agnets"', 29, "no other parameter agnets"),
        ('label = "Support" }', 'lable = "Support" }', 28, "the key lable is not known"),
        ('label = "Queue"', 'depends_on = "nobody"', 27, "no parameter nobody"),
        ('label = "Queue"', 'pattern = "("', 27, "no regular expression"),
        ('label = "Queue"', "minimum = 5\nmaximum = 4", 28, "maximum is below minimum"),
        ('label = "Queue"', "label = ", 27, "Invalid value"),
        ("[wire]", "[wire", 15, ""),
        ('id = "agent-calls"', 'id = "agent calls"', 2, "id takes letters"),
        ('columns = ["Agent", {', 'columns = ["Agent", 5, {', 13, "this must be a table"),
        ("# a report", 'report = ["x"]', 1, "must be a table"),
    ],
)
def test_errors_name_the_line(old: str, new: str, line: int, words: str):
    assert old in GOOD
    with pytest.raises(UserError) as caught:
        parse_definitions(GOOD.replace(old, new, 1), "a.toml", backend="x")
    assert f" a.toml:{line} " in str(caught.value)
    assert words in str(caught.value)


def test_windows_line_ends_count_the_same():
    with pytest.raises(UserError, match=r"a\.toml:3 "):
        parse_definitions(GOOD.replace('"Agent Calls"', "5").replace("\n", "\r\n"), "a.toml", backend="x")


def _write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


SHARED = """
[params.when]
kind = "timeframe"
label = "Report Timeframe"
required = true
wire = { type = "T", name = "n" }
[columns.agent]
title = "Agent"
help = "Who."
"""


def test_a_folder_with_shared_parts(tmp_path: Path):
    _write(
        tmp_path,
        _shared=SHARED,
        b='id = "b"\ntitle = "B"\nparams = [{ use = "when" }]\ncolumns = [{ use = "agent", kind = "text" }]',
        a="""
category = "Agents"
params = [{ use = "when", id = "time", required = false, wire = { name = "m" } }]
[[report]]
id = "a1"
title = "A1"
[[report]]
id = "a2"
title = "A2"
category = "Queues"
""",
    )
    (tmp_path / "notes.txt").write_text("no definition")
    a1, a2, b = load_definitions(tmp_path, "x")
    assert [(d.id, d.backend, d.category) for d in (a1, a2, b)] == [
        ("a1", "x", "Agents"),
        ("a2", "x", "Queues"),
        ("b", "x", ""),
    ]
    wire = {"type": "T", "name": "m"}
    assert a1.params == (Param("time", ParamKind.TIMEFRAME, "Report Timeframe", wire=wire),)
    assert b.params[0].required
    assert b.params[0].id == "when"
    assert b.columns == (Column("agent", "Agent", help="Who."),)


def test_a_folder_is_refused_with_its_reason(tmp_path: Path):
    _write(tmp_path, a='id = "a"\ntitle = "A"', b='id = "a"\ntitle = "B"')
    with pytest.raises(UserError, match=r"a is defined twice: a\.toml and b\.toml"):
        load_definitions(tmp_path, "x")
    _write(tmp_path, b='id = "b"\ntitle = "B"\nparams = [\n  { use = "nothing" },\n]')
    with pytest.raises(UserError, match=r"b\.toml:4 .*nothing called nothing"):
        load_definitions(tmp_path, "x")
    _write(tmp_path, b='[[report]]\nid = "b"\ntitle = "B"\n[[report]]\nid = "c"\ntitle = 5')
    with pytest.raises(UserError, match=r"b\.toml:6 .*title must be text"):
        load_definitions(tmp_path, "x")


_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
_words = st.text(max_size=12)
_wires = st.dictionaries(st.text(max_size=6).filter(lambda key: key != UNKNOWN), _json, max_size=3)
_ids = st.from_regex(r"\A[a-z0-9_]{1,8}\Z")
_choices = st.builds(Choice, _words, _words, _words, _words)
_params = st.builds(
    Param,
    _ids,
    st.sampled_from(ParamKind),
    _words,
    required=st.booleans(),
    default=_json,
    choices=st.lists(_choices, max_size=3).map(tuple),
    directory=_words,
    minimum=st.none() | st.integers(0, 5) | st.floats(0, 5),
    maximum=st.none() | st.integers(6, 9),
    pattern=st.sampled_from(["", r"\d+"]),
    placeholder=_words,
    help=_words,
    unit=_words,
    inferred=st.booleans(),
    editable=st.booleans(),
    wire=_wires,
)
_columns = st.builds(
    Column,
    st.text(min_size=1, max_size=6),
    _words,
    st.sampled_from(ColumnKind),
    _words,
    st.sampled_from(Origin),
    _words,
    _words,
    st.booleans(),
)


@st.composite
def _definitions(draw: st.DrawFn) -> ReportDefinition:
    params = draw(st.lists(_params, max_size=3, unique_by=lambda param: param.id))
    return ReportDefinition(
        draw(st.from_regex(r"\A[A-Za-z0-9_.-]{1,20}\Z")),
        draw(st.sampled_from(["x", "y"])),
        draw(st.text(min_size=1, max_size=12).filter(str.strip)),
        draw(_words),
        draw(_words),
        tuple(params),
        tuple(draw(st.lists(_columns, max_size=3, unique_by=lambda column: column.id))),
        draw(st.sampled_from([(), ("max_days:31", "until_now")])),
        draw(st.sampled_from([(Format.TABLE,), (Format.PDF, Format.CSV)])),
        *draw(st.tuples(st.booleans(), _words, _words, st.booleans(), st.booleans())),
        wire=draw(_wires),
    )


@given(_definitions())
def test_json_comes_back_exactly(definition: ReportDefinition):
    left_out: list[str] = []
    assert definition_from_json(definition_to_json(definition), left_out) == definition
    assert left_out == []


def test_conditions_come_back():
    (definition,) = parse_definitions(GOOD, "a.toml", backend="x")
    assert definition_from_json(definition_to_json(definition)) == definition


def test_keys_of_later_versions_survive_or_are_told():
    (definition,) = parse_definitions(GOOD, "a.toml", backend="x")
    data = definition_to_json(definition)
    data["mood"] = "sunny"
    data["params"][1]["shape"] = [1]  # type: ignore[index,call-overload]
    data["params"][1]["choices"][1]["icon"] = "x"  # type: ignore[index,call-overload]
    data["columns"][0]["width"] = 5  # type: ignore[index,call-overload]
    left_out: list[str] = []
    again = definition_to_json(definition_from_json(data, left_out))
    assert left_out == ["/params/1/choices/1/icon", "/columns/0/width"]
    assert again["mood"] == "sunny"
    assert again["params"][1]["shape"] == [1]  # type: ignore[index,call-overload]


@pytest.mark.parametrize(
    ("data", "place"),
    [
        ([], "/ "),
        ({"id": "a", "backend": "x"}, "/title"),
        ({"id": "a", "backend": "x", "title": "A", "params": [{"id": "p", "kind": "secret"}]}, "/params/0/kind"),
        ({"id": "a", "backend": "x", "title": "A", "wire": []}, "/wire"),
        ({"id": "a", "backend": "x", "title": "A", "params": {}}, "/params"),
    ],
)
def test_broken_json_names_the_place(data: object, place: str):
    with pytest.raises(UserError) as caught:
        definition_from_json(data)  # type: ignore[arg-type]
    assert f"definition {place}" in str(caught.value)


def test_lines_of_every_way_to_write_a_key():
    text = (
        "'a b'.\"c\\u0041\" = 1\n[x.y]\nk = '''\n[no]\n'''\nl = [\n  [1, 2], # ]\n  { m = \"}\" },\n]\n"
        '[[t]]\nn = 1\n[[t.s]]\n[[t]]\n[t.u]\nv = """a\\"""" \nw = 2020-01-01 10:00:00\n'
    )
    tomllib.loads(text)
    lines = key_lines(text)
    assert lines["a b", "cA"] == 1
    assert lines["x", "y", "k"] == 3
    assert ("no",) not in lines
    assert [lines["x", "y", "l", 0], lines["x", "y", "l", 1, "m"]] == [7, 8]
    assert [lines["t", 0, "n"], lines["t", 0, "s", 0], lines["t", 1, "u", "v"], lines["t", 1, "u", "w"]] == [
        11,
        12,
        15,
        16,
    ]
