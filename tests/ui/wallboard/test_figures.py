"""What tiles say: honest totals, the five truths, targets and levels."""

from __future__ import annotations

from dataclasses import replace

import pytest

from console.domain.board import Board
from console.domain.columns import standard
from console.domain.enums import Section
from console.domain.model import MetricRow
from console.domain.service_level import COMPUTED_COLUMN, Choices, with_service_level
from console.domain.text import Look
from console.domain.thresholds import Level, Limits, Threshold
from console.domain.values import NOT_APPLICABLE, UNSUPPORTED, WARMING, Reading, count, error
from console.domain.wallboard import Kind, Pick, Place, Widget
from console.ui.models.rows import moments
from console.ui.wallboard.choices import parse_value, show_value
from console.ui.wallboard.figures import Unit, face
from console.ui.wallboard.table_rows import PAGE_S, TableRows, extract
from tests.ui.boards import START_MS, percent, queue, source
from tests.ui.wallboard.boards import TRUTHS, floor, tile, with_rows

MONO = 1_000.0


def test_counts_are_added_and_the_longest_wait_is_the_longest_of_all() -> None:
    one, other = floor(4, "p1"), floor(3, "p2")
    assert face(tile("waiting"), Board((one, other)), START_MS, MONO).number == "6"
    longest = face(tile("longest_wait"), Board((one, other)), START_MS + 5_000, MONO)
    assert longest.number == "1:05"  # queue 3 has nobody waiting, queue 2 waits since a minute
    assert longest.level is Level.CAUTION
    assert longest.target == "target < 1:00"


def test_a_rate_of_several_queues_is_a_sum_over_a_sum() -> None:
    few = queue("a", "A", abandoned=count(1), offered=count(2), abandon_rate=percent(50))
    many = queue("b", "B", abandoned=count(1), offered=count(98), abandon_rate=percent(1))
    both = face(tile("abandon_rate"), Board((with_rows(floor(), few, many),)), START_MS, MONO)
    assert (both.number, both.unit) == ("2.0", "%")
    nobody = queue("a", "A", abandoned=count(0), offered=count(0))
    none = face(tile("abandon_rate"), Board((with_rows(floor(), nobody, nobody),)), START_MS, MONO)
    assert none.look is Look.NOT_APPLICABLE


def test_a_rate_takes_both_counts_from_the_same_queues() -> None:
    half = queue("q1", "Queue 1", offered=count(100), abandoned=NOT_APPLICABLE, abandon_rate=percent(0.0))
    known = queue("q2", "Queue 2", offered=count(100), abandoned=count(10), abandon_rate=percent(10.0))
    shown = face(tile("abandon_rate"), Board((with_rows(floor(), half, known),)), START_MS, MONO)
    assert (shown.number, shown.note) == ("10.0", "without 1 queue")


def test_what_cannot_be_combined_honestly_is_not() -> None:
    both = face(tile("service_level"), Board((floor(),)), START_MS, MONO)
    assert both.look is Look.UNSUPPORTED
    one = face(tile("service_level", ("p1", "q2")), Board((floor(),)), START_MS, MONO)
    assert (one.number, one.unit, one.title, one.level) == ("72.0", "%", "Service level · Queue 2", Level.CAUTION)
    assert one.target == "target ≥ 80\u202f%"


def test_the_computed_service_level_of_queues_is_a_sum_over_a_sum() -> None:
    rows = (
        queue("a", "A", answered=count(10), abandoned=count(0), answered_in_target=count(10)),
        queue("b", "B", answered=count(80), abandoned=count(10), answered_in_target=count(60)),
        queue("c", "C"),
    )
    site = with_rows(floor(), *rows)
    assert site.snapshot is not None
    told = {Section.QUEUES: tuple(column.info for column in standard(Section.QUEUES))}
    made = with_service_level(replace(site.snapshot, columns=told), Choices(), {})
    whole = face(tile(COMPUTED_COLUMN), Board((replace(site, snapshot=made),)), START_MS, MONO)
    assert (whole.number, whole.unit) == ("70.0", "%")  # not the mean of 100 and 66.7
    assert whole.note == "SL-3, without 1 queue"


def test_a_sum_says_what_it_leaves_out() -> None:
    rows = (queue("a", "A", 2), queue("b", "B", waiting=0))
    rows = (rows[0], replace(rows[1], readings={"waiting": UNSUPPORTED}))
    absent = source(None, profile="p2", name="Oslo", ok_mono=None)
    both = face(tile("waiting"), Board((with_rows(floor(), *rows), absent)), START_MS, MONO)
    assert (both.number, both.note) == ("2", "without Oslo, without 1 queue")


@pytest.mark.parametrize("blocking", [WARMING, TRUTHS["unreadable"]])
def test_a_sum_with_an_unknown_part_is_unknown(blocking: Reading) -> None:
    rows = (queue("a", "A", 2), replace(queue("b", "B"), readings={"waiting": blocking}))
    assert face(tile("waiting"), Board((with_rows(floor(), *rows),)), START_MS, MONO).look is not Look.VALUE


def test_the_five_truths_look_and_sound_different() -> None:
    faces = []
    for name, reading in TRUTHS.items():
        row = replace(queue(name, name), readings={"waiting": reading})
        faces.append(face(tile("waiting", ("p1", name)), Board((with_rows(floor(), row),)), START_MS, MONO))
    old = face(tile("waiting", ("p1", "q1")), Board((floor(),)), START_MS, MONO + 48)
    faces.append(old)
    assert len({each.look for each in faces}) == len(faces)
    assert len({(each.number, each.word) for each in faces}) == len(faces)
    assert (old.look, old.word, old.level) == (Look.STALE, "48 s old", Level.NONE)
    gone = face(tile("waiting", ("p1", "nobody")), Board((floor(),)), START_MS, MONO)
    assert gone.look is Look.NOT_APPLICABLE


def test_agents_are_counted_once_and_key_figures_are_shown() -> None:
    assert face(tile("state:available"), Board((floor(),)), START_MS, MONO).number == "1"
    assert face(tile("state:busy"), Board((floor(),)), START_MS, MONO).number == "1"
    site = floor()
    assert site.snapshot is not None
    site = replace(site, snapshot=replace(site.snapshot, metrics=(MetricRow("m", "Calls", "", "", count(12)),)))
    metric = Widget("m", Kind.TILE, Place(0, 0, 2, 2), picks=(Pick("p1", "m", "Calls"),))
    assert face(metric, Board((site,)), START_MS, MONO).number == "12"
    assert face(metric, Board((floor(),)), START_MS, MONO).look is Look.UNSUPPORTED


def test_agents_of_whom_nothing_is_known_are_not_counted_as_absent() -> None:
    site = floor()
    assert site.snapshot is not None
    anna, *others = site.snapshot.agents
    for state, look in ((UNSUPPORTED, Look.UNSUPPORTED), (error("not a number"), Look.ERROR)):
        agents = tuple(replace(row, readings={**row.readings, "state": state}) for row in site.snapshot.agents)
        board = Board((replace(site, snapshot=replace(site.snapshot, agents=agents)),))
        assert face(tile("state:busy"), board, START_MS, MONO).look is look
    unread = replace(anna, readings={**anna.readings, "state": error("not a number")})
    partly = replace(site, snapshot=replace(site.snapshot, agents=(unread, *others)))
    shown = face(tile("state:busy"), Board((partly,)), START_MS, MONO)
    assert (shown.number, shown.note) == ("1", "without 1 agent")


def test_levels_come_from_the_limits_of_the_source_or_the_tile() -> None:
    strict = replace(floor(), limits=Limits(queues={"queue 1": {"waiting": Threshold(1, 9)}}))
    assert face(tile("waiting", ("p1", "q1")), Board((strict,)), START_MS, MONO).level is Level.CAUTION
    assert face(tile("waiting"), Board((strict,)), START_MS, MONO).level is Level.NONE
    own = face(tile("waiting", critical=2.0), Board((strict,)), START_MS, MONO)
    assert own.level is Level.CRITICAL
    assert "Critical" in own.spoken


def test_limits_are_typed_in_the_figures_unit() -> None:
    assert parse_value("1:30", Unit.MS) == (90_000.0, True)
    assert parse_value("20", Unit.MS) == (20_000.0, True)
    assert parse_value("80 %", Unit.PERCENT) == (80.0, True)
    assert parse_value("", Unit.COUNT) == (None, True)
    assert parse_value("soon", Unit.COUNT) == (None, False)
    assert parse_value("-1", Unit.COUNT) == (None, False)
    assert show_value(90_000.0, Unit.MS) == "1:30"


def test_long_tables_keep_alarms_on_top_and_turn_the_rest_evenly() -> None:
    site = floor(40)
    board = Board((site,))
    at = moments(board, START_MS, MONO)
    widget = Widget("t", Kind.QUEUES, Place(0, 0, 6, 4))
    lines = TableRows(Kind.QUEUES).lines(widget, board, at)
    assert [int(line.level) for line in lines] == sorted((int(line.level) for line in lines), reverse=True)
    assert extract(lines, 40, MONO).note == ""
    seen: set[str] = set()
    notes = set()
    for page in range(8):
        part = extract(lines, 12, page * PAGE_S)
        assert len(part.lines) <= 12
        assert part.lines[0].level is lines[0].level
        seen |= {line.row.row.id for line in part.lines}
        notes.add(part.note)
    assert len(seen) == 40
    assert any(note.startswith(("1–12 of 40", "1–11 of 40")) for note in notes)
