"""A board while it is being arranged: every step can be taken back. No widget in here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final, NamedTuple

from console.domain.wallboard import (
    GRID_COLUMNS,
    GRID_ROWS,
    PAGE_LIMIT,
    WIDGET_LIMIT,
    Kind,
    Page,
    Place,
    Wallboard,
    Widget,
    free_place,
)
from console.engine.wallboards import new_id

SIZES: Final[dict[Kind, tuple[int, int]]] = {
    Kind.TILE: (2, 2),
    Kind.QUEUES: (6, 4),
    Kind.AGENTS: (6, 4),
    Kind.WAITING: (5, 3),
    Kind.CHART: (5, 3),
    Kind.ALERTS: (4, 3),
    Kind.CLOCK: (2, 2),
    Kind.TEXT: (4, 2),
}
LEAST: Final = (1, 1)
UNDO_LIMIT: Final = 200


class State(NamedTuple):
    """What is taken back to."""

    board: Wallboard
    page: int
    selected: str


class Draft:
    """Holds the board, which page is looked at and which widget is chosen.

    Args:
        changed: called after each step.
    """

    def __init__(self, board: Wallboard, page: int, changed: Callable[[], None]) -> None:
        self._changed = changed
        self.original = board
        if not board.pages:
            board = replace(board, pages=(Page(new_id()),))
        self._state = State(board, min(page, len(board.pages) - 1), "")
        self._undo: list[State] = []
        self._redo: list[State] = []
        self._merge_key: tuple[str, ...] = ()

    @property
    def board(self) -> Wallboard:
        """As it is now."""
        return self._state.board

    @property
    def page_number(self) -> int:
        """Which page is looked at."""
        return self._state.page

    @property
    def page(self) -> Page:
        """The page that is looked at."""
        return self.board.pages[self._state.page]

    @property
    def selected(self) -> Widget | None:
        """The chosen widget."""
        return next((widget for widget in self.page.widgets if widget.id == self._state.selected), None)

    @property
    def is_changed(self) -> bool:
        """Whether it is another board than at the beginning."""
        return self.board != self.original

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return bool(self._undo)

    @property
    def can_redo(self) -> bool:
        """Whether a step was taken back."""
        return bool(self._redo)

    # -- choosing

    def select(self, widget_id: str) -> None:
        """Choose a widget; empty: none."""
        if widget_id != self._state.selected:
            self._state = self._state._replace(selected=widget_id)
            self._merge_key = ()
            self._changed()

    def select_next(self, step: int) -> None:
        """Choose the next widget in reading order."""
        ordered = sorted(self.page.widgets, key=lambda widget: (widget.place.y, widget.place.x))
        if ordered:
            ids = [widget.id for widget in ordered]
            at = ids.index(self._state.selected) if self._state.selected in ids else (-1 if step > 0 else 0)
            self.select(ids[(at + step) % len(ids)])

    def turn_to(self, page: int) -> None:
        """Look at another page."""
        self._state = State(self.board, page % len(self.board.pages), "")
        self._merge_key = ()
        self._changed()

    # -- widgets

    def is_free(self, place: Place, but: str = "") -> bool:
        """Whether a widget may lie there."""
        return place.is_inside and not any(
            place.overlaps(widget.place) for widget in self.page.widgets if widget.id != but
        )

    def add(self, kind: Kind, **fields: Any) -> bool:
        """Add a widget where there is room, smaller if need be; False where there is none."""
        if len(self.page.widgets) >= WIDGET_LIMIT:
            return False
        place = self._room_for(*SIZES[kind])
        if place is None:
            return False
        widget = Widget(new_id(), kind, place, **fields)
        self._set_widgets((*self.page.widgets, widget), widget.id)
        return True

    def duplicate(self) -> bool:
        """A second one of the chosen widget, where there is room."""
        widget = self.selected
        if widget is None or len(self.page.widgets) >= WIDGET_LIMIT:
            return False
        place = self._room_for(widget.place.w, widget.place.h)
        if place is None:
            return False
        copy = replace(widget, id=new_id(), place=place)
        self._set_widgets((*self.page.widgets, copy), copy.id)
        return True

    def delete(self) -> None:
        """Take the chosen widget away."""
        if self.selected is not None:
            left = tuple(widget for widget in self.page.widgets if widget.id != self._state.selected)
            self._set_widgets(left, "")

    def place(self, widget_id: str, place: Place) -> bool:
        """Put a widget somewhere; False where it has no room."""
        widget = next((each for each in self.page.widgets if each.id == widget_id), None)
        if widget is None or not self.is_free(place, widget_id):
            return False
        if place != widget.place:
            self._put(replace(widget, place=place))
        return True

    def move(self, dx: int, dy: int) -> bool:
        """Move the chosen widget one step; over others to the next free place in that direction."""
        widget = self.selected
        if widget is None:
            return False
        place = widget.place
        while True:
            place = replace(place, x=place.x + dx, y=place.y + dy)
            if not place.is_inside:
                return False
            if self.is_free(place, widget.id):
                return self.place(widget.id, place)

    def resize(self, dw: int, dh: int) -> bool:
        """Make the chosen widget larger or smaller at its right and lower edge."""
        widget = self.selected
        if widget is None:
            return False
        return self.place(widget.id, replace(widget.place, w=widget.place.w + dw, h=widget.place.h + dh))

    def change(self, **fields: Any) -> None:
        """Change what the chosen widget shows; what is typed into one field is one step."""
        widget = self.selected
        if widget is not None:
            changed = replace(widget, **fields)
            if changed != widget:
                self._put(changed, (widget.id, *sorted(fields)))

    # -- pages and board

    def change_board(self, **fields: Any) -> None:
        """Change the board itself."""
        changed = replace(self.board, **fields)
        if changed != self.board:
            self._step(State(changed, self._state.page, self._state.selected), ("board", *sorted(fields)))

    def rename_page(self, name: str) -> None:
        """Call the page something."""
        if name != self.page.name:
            self._set_page(replace(self.page, name=name), self._state.selected, ("page", self.page.id))

    def add_page(self) -> bool:
        """An empty page behind this one."""
        if len(self.board.pages) >= PAGE_LIMIT:
            return False
        at = self._state.page + 1
        pages = (*self.board.pages[:at], Page(new_id()), *self.board.pages[at:])
        self._step(State(replace(self.board, pages=pages), at, ""))
        return True

    def remove_page(self) -> bool:
        """Take this page away; the last one stays."""
        if len(self.board.pages) < 2:
            return False
        at = self._state.page
        pages = (*self.board.pages[:at], *self.board.pages[at + 1 :])
        self._step(State(replace(self.board, pages=pages), min(at, len(pages) - 1), ""))
        return True

    def move_page(self, step: int) -> bool:
        """Show this page earlier or later."""
        at, to = self._state.page, self._state.page + step
        if not 0 <= to < len(self.board.pages):
            return False
        pages = list(self.board.pages)
        pages.insert(to, pages.pop(at))
        self._step(State(replace(self.board, pages=tuple(pages)), to, self._state.selected))
        return True

    # -- back and forth

    def undo(self) -> None:
        """Take the last step back."""
        if self._undo:
            self._redo.append(self._state)
            self._state = self._undo.pop()
            self._merge_key = ()
            self._changed()

    def redo(self) -> None:
        """Take the step again."""
        if self._redo:
            self._undo.append(self._state)
            self._state = self._redo.pop()
            self._merge_key = ()
            self._changed()

    # -- inside

    def _room_for(self, w: int, h: int) -> Place | None:
        sizes = [(each, tall) for each in range(w, LEAST[0] - 1, -1) for tall in range(h, LEAST[1] - 1, -1)]
        for width, height in sorted(sizes, key=lambda size: -size[0] * size[1]):
            found = free_place(self.page.widgets, min(width, GRID_COLUMNS), min(height, GRID_ROWS))
            if found is not None:
                return found
        return None

    def _put(self, widget: Widget, merge: tuple[str, ...] = ()) -> None:
        widgets = tuple(widget if old.id == widget.id else old for old in self.page.widgets)
        self._set_widgets(widgets, widget.id, merge)

    def _set_widgets(self, widgets: tuple[Widget, ...], selected: str, merge: tuple[str, ...] = ()) -> None:
        self._set_page(replace(self.page, widgets=widgets), selected, merge)

    def _set_page(self, page: Page, selected: str, merge: tuple[str, ...] = ()) -> None:
        pages = tuple(page if old.id == page.id else old for old in self.board.pages)
        self._step(State(replace(self.board, pages=pages), self._state.page, selected), merge)

    def _step(self, state: State, merge: tuple[str, ...] = ()) -> None:
        if not merge or merge != self._merge_key:
            self._undo.append(self._state)
            del self._undo[:-UNDO_LIMIT]
        self._merge_key = merge
        self._redo.clear()
        self._state = state
        self._changed()
