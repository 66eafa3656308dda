"""Wallboards as data: pages of widgets on a grid, with what each shows. Pure; the file's form is here too."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

GRID_COLUMNS: Final = 12
GRID_ROWS: Final = 8
VERSION: Final = 1  # of the file

SHORTEST_S, LONGEST_S = 5.0, 3600.0  # between two pages
LEAST_SCALE, MOST_SCALE = 0.5, 2.0
BOARD_LIMIT: Final = 100
PAGE_LIMIT: Final = 20
WIDGET_LIMIT: Final = 60  # on a page
NAME_LIMIT: Final = 80
TEXT_LIMIT: Final = 4000
_MOST: Final = 1e300  # whole numbers of JSON may be beyond all that a float can hold


class Kind(StrEnum):
    """What a widget is."""

    TILE = "tile"  # one figure
    QUEUES = "queues"  # tables
    AGENTS = "agents"
    WAITING = "waiting"
    CHART = "chart"
    ALERTS = "alerts"
    CLOCK = "clock"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Place:
    """Cells of the grid, from the upper left corner."""

    x: int
    y: int
    w: int
    h: int

    def overlaps(self, other: Place) -> bool:
        """Whether both have a cell in common."""
        return (
            self.x < other.x + other.w
            and other.x < self.x + self.w
            and self.y < other.y + other.h
            and other.y < self.y + self.h
        )

    @property
    def is_inside(self) -> bool:
        """Whether it lies on the grid."""
        return (
            self.w >= 1 and self.h >= 1 and 0 <= self.x <= GRID_COLUMNS - self.w and 0 <= self.y <= GRID_ROWS - self.h
        )


@dataclass(frozen=True, slots=True)
class Pick:
    """One row of one profile, with its name at the time it was chosen (said when it is gone)."""

    profile_id: str
    row_id: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Widget:
    """One thing on a page; fields a kind does not need keep their defaults.

    Attributes:
        title: the user's own; empty: what the widget calls itself.
        column: of tiles and charts: a column of the queues. Empty for a key figure.
        picks: of tiles and charts: the queues meant, or the one key figure; none: all queues of `profiles`.
        profiles: ids of the profiles meant; none: all.
        columns: of tables: what is shown, in this order; none: the usual ones.
        target: of tiles: what is aimed at, in the column's unit; None: the caution threshold.
        caution, critical: of tiles that add queues up: their own thresholds; None: none.
        hours: of charts: how far back.
        text: of notices.
    """

    id: str
    kind: Kind
    place: Place
    title: str = ""
    column: str = ""
    picks: tuple[Pick, ...] = ()
    profiles: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    target: float | None = None
    caution: float | None = None
    critical: float | None = None
    hours: float = 1.0
    text: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One screenful."""

    id: str
    name: str = ""
    widgets: tuple[Widget, ...] = ()


@dataclass(frozen=True, slots=True)
class Wallboard:
    """A board.

    Attributes:
        every_s: seconds each page is shown; 0: pages stay until somebody turns them.
        theme: ``dark``, ``light`` or ``follow`` (as the console).
        screen: name and serial of the display it was last opened on, as the system gives them; empty: the window's.
        privacy: hide numbers and names here whatever the console's own switch says.
        scale: of all type.
        at_login: open it when the user logs in to the computer.
    """

    id: str
    name: str
    pages: tuple[Page, ...] = ()
    every_s: float = 20.0
    theme: str = "follow"
    screen: str = ""
    privacy: bool = False
    scale: float = 1.0
    at_login: bool = False


THEMES: Final = ("follow", "dark", "light")


@dataclass(frozen=True, slots=True)
class Wallboards:
    """All boards, in the user's order."""

    boards: tuple[Wallboard, ...] = ()

    def get(self, board_id: str) -> Wallboard | None:
        """The board of that id."""
        return next((board for board in self.boards if board.id == board_id), None)

    def named(self, name: str) -> Wallboard | None:
        """The board of that name, case aside."""
        wanted = name.strip().casefold()
        return next((board for board in self.boards if board.name.casefold() == wanted), None)

    def put(self, board: Wallboard) -> Wallboards:
        """With a board added, or in the place of the one with its id."""
        if self.get(board.id) is None:
            return Wallboards((*self.boards, board))
        return Wallboards(tuple(board if old.id == board.id else old for old in self.boards))

    def without(self, board_id: str) -> Wallboards:
        """Without a board."""
        return Wallboards(tuple(board for board in self.boards if board.id != board_id))


def free_name(name: str, taken: Iterable[str]) -> str:
    """The name, or the first of ``name 2``, ``name 3`` … that is not taken."""
    used = {each.casefold() for each in taken}
    name = name.strip()[:NAME_LIMIT] or "Wallboard"
    number, found = 1, name
    while found.casefold() in used:
        number += 1
        found = f"{name[: NAME_LIMIT - 5]} {number}"
    return found


def free_place(widgets: Iterable[Widget], w: int, h: int) -> Place | None:
    """The first free rectangle of that size, row by row; None where there is none."""
    taken = [widget.place for widget in widgets]
    for y in range(GRID_ROWS - h + 1):
        for x in range(GRID_COLUMNS - w + 1):
            place = Place(x, y, w, h)
            if not any(place.overlaps(other) for other in taken):
                return place
    return None


# -- the file


def encode(boards: Wallboards) -> dict[str, Any]:
    """All boards as JSON values."""
    return {"boards": [encode_board(board) for board in boards.boards]}


def encode_board(board: Wallboard) -> dict[str, Any]:
    """One board as JSON values."""
    return dataclasses.asdict(board, dict_factory=_plain)


def _plain(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Fields as JSON has them: lists for tuples, words for kinds."""
    found = {key: list(value) if isinstance(value, tuple) else value for key, value in pairs}
    return {key: str(value) if isinstance(value, Kind) else value for key, value in found.items()}


def decode(body: Mapping[str, Any]) -> Wallboards:
    """All boards from a document's body; raises ValueError for a body that is none of ours."""
    entries = _listed(body.get("boards", []), BOARD_LIMIT, "boards")
    boards = tuple(decode_board(entry) for entry in entries)
    _once((board.id for board in boards), "boards")
    return Wallboards(boards)


def decode_board(entry: object) -> Wallboard:
    """One board from JSON values; raises ValueError. Numbers out of range are brought into it."""
    held = _mapping(entry, "a board")
    pages = tuple(_page(each) for each in _listed(held.get("pages", []), PAGE_LIMIT, "pages"))
    _once((page.id for page in pages), "pages")
    every = _number(held, "every_s", 20.0)
    theme = _text(held, "theme", "follow")
    return Wallboard(
        id=_needed(held, "id"),
        name=_needed(held, "name"),
        pages=pages,
        every_s=0.0 if every == 0 else _within(every, SHORTEST_S, LONGEST_S),
        theme=theme if theme in THEMES else "follow",
        screen=_text(held, "screen"),
        privacy=_flag(held, "privacy"),
        scale=_within(_number(held, "scale", 1.0), LEAST_SCALE, MOST_SCALE),
        at_login=_flag(held, "at_login"),
    )


def _page(entry: object) -> Page:
    held = _mapping(entry, "a page")
    widgets = tuple(_widget(each) for each in _listed(held.get("widgets", []), WIDGET_LIMIT, "widgets"))
    _once((widget.id for widget in widgets), "widgets")
    return Page(_needed(held, "id"), _text(held, "name"), widgets)


def _widget(entry: object) -> Widget:
    held = _mapping(entry, "a widget")
    place = _mapping(held.get("place"), "a place")
    where = Place(*(_whole(place, key) for key in ("x", "y", "w", "h")))
    if not where.is_inside:
        raise ValueError("a widget lies outside the grid")
    return Widget(
        id=_needed(held, "id"),
        kind=Kind(_needed(held, "kind")),
        place=where,
        title=_text(held, "title"),
        column=_text(held, "column"),
        picks=tuple(_pick(each) for each in _listed(held.get("picks", []), 5000, "picks")),
        profiles=_words(held, "profiles"),
        columns=_words(held, "columns"),
        target=_maybe(held, "target"),
        caution=_maybe(held, "caution"),
        critical=_maybe(held, "critical"),
        hours=_within(_number(held, "hours", 1.0), 0.25, 24.0),
        text=_text(held, "text"),
    )


def _pick(entry: object) -> Pick:
    held = _mapping(entry, "a pick")
    return Pick(_needed(held, "profile_id"), _needed(held, "row_id"), _text(held, "name"))


def _mapping(value: object, what: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{what} is not an object")
    return value


def _listed(value: object, limit: int, what: str) -> list[Any]:
    if not isinstance(value, list) or len(value) > limit:
        raise ValueError(f"{what} is not a list of at most {limit}")
    return value


def _once(ids: Iterable[str], what: str) -> None:
    seen = list(ids)
    if len(set(seen)) != len(seen):
        raise ValueError(f"two {what} have the same id")


def _get(held: Mapping[str, Any], key: str, usual: Any, fits: Callable[[Any], bool]) -> Any:
    value = held.get(key, usual)
    if not fits(value):
        raise ValueError(f"{key} has the wrong type")
    return value


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= _MOST


def _text(held: Mapping[str, Any], key: str, usual: str = "") -> str:
    found: str = _get(held, key, usual, lambda value: isinstance(value, str))
    return found[:TEXT_LIMIT]


def _needed(held: Mapping[str, Any], key: str) -> str:
    found = _text(held, key)
    if not found:
        raise ValueError(f"{key} is missing")
    return found


def _words(held: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = _listed(held.get(key, []), 5000, key)
    if not all(isinstance(word, str) for word in value):
        raise ValueError(f"{key} has the wrong type")
    return tuple(value)


def _flag(held: Mapping[str, Any], key: str) -> bool:
    return bool(_get(held, key, False, lambda value: isinstance(value, bool)))


def _number(held: Mapping[str, Any], key: str, usual: float) -> float:
    return float(_get(held, key, usual, _is_number))


def _maybe(held: Mapping[str, Any], key: str) -> float | None:
    value = _get(held, key, None, lambda value: value is None or _is_number(value))
    return None if value is None else float(value)


def _whole(held: Mapping[str, Any], key: str) -> int:
    return int(_get(held, key, None, lambda value: type(value) is int))


def _within(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)
