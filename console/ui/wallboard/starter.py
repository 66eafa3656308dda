"""The board there is before anybody made one: what the systems offer, arranged so that the eye finds its way."""

from __future__ import annotations

from console.domain.board import Board
from console.domain.enums import HealthState, Section
from console.domain.service_level import COMPUTED_COLUMN
from console.domain.wallboard import Kind, Page, Place, Wallboard, Widget
from console.engine.wallboards import STARTER
from console.ui.text import tr
from console.ui.wallboard.figures import STATE

TEMPLATES = ("floor", "agents", "empty")


def template_title(name: str) -> str:
    """A template in words."""
    return {
        "floor": tr("Floor: key figures, queues, a chart"),
        "agents": tr("Agents: who is doing what"),
        "empty": tr("Empty page"),
    }.get(name, name)


def is_settled(board: Board) -> bool:
    """Whether every system has said what it offers, or will not soon."""
    return bool(board.sources) and all(
        (source.snapshot is not None and not source.snapshot.is_warming)
        or source.health.state in (HealthState.REFUSED, HealthState.UNREACHABLE, HealthState.ERROR)
        for source in board.sources
    )


def make(template: str, board: Board, board_id: str, name: str = "") -> Wallboard:
    """A board of a template for what is on a board."""
    pages = {"floor": floor_pages, "agents": agent_pages}.get(template, _empty_pages)(board)
    names = {"floor": STARTER, "agents": tr("Agents"), "empty": tr("Wallboard")}
    return Wallboard(board_id, name or names.get(template, STARTER), pages)


def floor_pages(board: Board) -> tuple[Page, ...]:
    """Tiles above, queues at the left, waiting over time and who waits at the right; agents on a page of their own."""
    tiles = [_tile(place, column) for place, column in enumerate(_tile_columns(board))]
    width = 12 // max(1, len(tiles))
    tiles = [_placed(tile, Place(at * width, 0, width, 2)) for at, tile in enumerate(tiles)]
    has_waiting = _says(board, Section.WAITING, "wait")
    table = Widget("queues", Kind.QUEUES, Place(0, 2, 7, 6))
    right: list[Widget] = [Widget("chart", Kind.CHART, Place(7, 2, 5, 3 if has_waiting else 6), column="waiting")]
    if has_waiting:
        right.append(Widget("waiting", Kind.WAITING, Place(7, 5, 5, 3)))
    pages = [Page("floor", tr("Floor"), (*tiles, table, *right))]
    if _says(board, Section.AGENTS, "state"):
        pages.append(Page("agents", tr("Agents"), agent_pages(board)[0].widgets))
    return tuple(pages)


def agent_pages(board: Board) -> tuple[Page, ...]:
    """How many agents do what, and each of them."""
    counts = [
        _placed(Widget(f"agents{at}", Kind.TILE, Place(0, 0, 3, 2), column=STATE + name), Place(3 * at, 0, 3, 2))
        for at, name in enumerate(("available", "busy", "paused", "signed_in"))
    ]
    return (Page("agents", tr("Agents"), (*counts, Widget("agent_table", Kind.AGENTS, Place(0, 2, 12, 6)))),)


def _empty_pages(_board: Board) -> tuple[Page, ...]:
    return (Page("page", ""),)


def _tile_columns(board: Board) -> list[str]:
    wanted = ["waiting", "longest_wait"]
    if _says(board, Section.AGENTS, "state"):
        wanted.append(STATE + "available")
    has_level = _says(board, Section.QUEUES, COMPUTED_COLUMN)
    wanted += [COMPUTED_COLUMN if has_level else "answered", "abandoned", "abandon_rate"]
    found = [
        column
        for column in wanted
        if column.startswith(STATE)
        or _says(board, Section.QUEUES, column)
        or (column == "abandon_rate" and _says(board, Section.QUEUES, "abandoned"))
    ]
    return found[:6] or ["waiting"]


def _says(board: Board, section: Section, column: str) -> bool:
    return any(
        any(info.id == column for info in source.snapshot.columns.get(section, ()))
        for source in board.sources
        if source.snapshot is not None
    )


def _tile(at: int, column: str) -> Widget:
    return Widget(f"tile{at}", Kind.TILE, Place(0, 0, 2, 2), column=column)


def _placed(widget: Widget, place: Place) -> Widget:
    return Widget(widget.id, widget.kind, place, widget.title, widget.column)
