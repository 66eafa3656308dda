"""Limits of one queue colour its cells at once; with privacy on nobody can be read from any role of any cell."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QModelIndex, Qt

from console.domain.board import Board
from console.domain.enums import Section
from console.domain.privacy import Mask
from console.domain.service_level import COMPUTED_COLUMN, Choice, live_reading
from console.domain.thresholds import Level, Limits, Threshold
from console.domain.values import count
from console.domain.values import text as word
from console.engine.store import Store
from console.ui.models.keyed import KEY, LEVEL_ROLE, LOOK, RAW, READING, SOURCE
from console.ui.panes import AgentPane, QueuePane, TablePane, WaitingPane
from console.ui.runtime.bridge import StoreBridge
from console.ui.theme import Theme
from console.ui.windows.actions import ConnectionActions
from tests.ui.boards import agent, board, caller, columns, queue, snapshot, source

SECRETS = ("Mary", "Smith", "Jones", "5550", "5551")
_Role = Qt.ItemDataRole
ROLES = (
    _Role.DisplayRole,
    _Role.ToolTipRole,
    _Role.AccessibleTextRole,
    _Role.AccessibleDescriptionRole,
    _Role.EditRole,
    RAW,
    READING,
    LOOK,
    SOURCE,
)


def floor() -> Board:
    """Return a board that names people."""
    mary = agent("7", "Mary Smith")
    mary = replace(mary, readings={**mary.readings, "caller": word("Tom Jones 015555501")})
    tom = caller("c", "Tom Jones", 5)
    tom = replace(tom, readings={**tom.readings, "caller_number": word("015555512"), "queue": word("Support")})
    has = columns(Section.AGENTS, Section.WAITING)
    return board(source(snapshot(agents=[mary], waiting=[tom], has=has)))


def everything(pane: TablePane) -> str:
    """Return all a pane's model says, in every role but the key, and its filter's text."""
    model = pane.model
    cells = [model.index(row, column) for row in range(model.rowCount()) for column in range(len(model.columns))]
    said = [str(index.data(role)) for index in cells for role in ROLES]
    return "\n".join([*said, *(pane._haystack(row) for row in model._rows)])


@pytest.mark.parametrize("kind", [AgentPane, WaitingPane])
def test_no_role_tells_who_it_is(show, kind: type[TablePane]) -> None:  # type: ignore[no-untyped-def]
    plain = everything(show(kind, floor()))
    assert any(secret in plain for secret in SECRETS)
    hidden = everything(show(kind, Mask().board(floor())))
    assert not [secret for secret in SECRETS if secret in hidden]
    assert "Agent " in hidden or "Caller" in hidden


def test_the_switch_takes_effect_at_once_and_back() -> None:
    store, given = Store(), floor().sources[0]
    store.arrange([(given.profile, given.backend_title, given.health)])
    store.put(given.profile.id, given.health, given.snapshot)
    bridge = StoreBridge(store)
    told: list[Board] = []
    bridge.board_changed.connect(lambda shown, _changed: told.append(shown))
    bridge.set_privacy(True)
    bridge.set_privacy(False)
    hidden, plain = (shown.sources[0].snapshot for shown in told)
    assert hidden is not None
    assert "Mary" not in repr(hidden)
    assert plain is given.snapshot
    bridge.close()


def test_raw_replies_are_refused_meanwhile(theme: Theme, qtbot) -> None:  # type: ignore[no-untyped-def]
    from PySide6.QtWidgets import QWidget

    parent = QWidget()
    qtbot.addWidget(parent)
    actions = ConnectionActions(parent, theme)
    said: list[list[str]] = []
    actions.said.connect(said.append)
    actions.set_privacy(True)
    actions.show_source(count(1), "Waiting")
    assert "Privacy is on" in said[0][0]


def test_limits_of_one_queue_colour_its_cells_at_once(show) -> None:  # type: ignore[no-untyped-def]
    given = source(snapshot(queues=[queue("1", "Support", 3, 5), queue("2", "Sales", 3, 5)]))
    pane = show(QueuePane, board(given))
    place = pane.model.column_of("waiting")

    def levels() -> dict[str, Level]:
        rows = [pane.model.index(row, place) for row in range(pane.model.rowCount())]
        return {index.data(KEY)[1]: Level(index.data(LEVEL_ROLE)) for index in rows}

    assert set(levels().values()) == {Level.NONE}
    changed: list[QModelIndex] = []
    pane.model.dataChanged.connect(lambda first, *_: changed.append(first))
    own = Limits(queues={"support": {"waiting": Threshold(2, 3)}})
    pane.set_board(board(replace(given, limits=own)))
    assert levels() == {"1": Level.CRITICAL, "2": Level.NONE}
    assert changed


def test_a_computed_service_level_says_its_formula(show) -> None:  # type: ignore[no-untyped-def]
    row = queue("1", "Support")
    calls = {"answered": count(10), "answered_in_target": count(7), "abandoned": count(0)}
    row = replace(row, readings={**row.readings, **calls})
    row = replace(row, readings={**row.readings, COMPUTED_COLUMN: live_reading(row, Choice("SL-2"))})
    known = {Section.QUEUES: _infos(COMPUTED_COLUMN)}
    pane = show(QueuePane, board(source(snapshot(queues=[row], has=known))))
    index = pane.model.index(0, pane.model.column_of(COMPUTED_COLUMN))
    assert index.data() == "70.0\u202f%"
    assert "answered in time / answered" in index.data(_Role.ToolTipRole)
    assert Level(index.data(LEVEL_ROLE)) is Level.CAUTION


def _infos(*ids: str):  # type: ignore[no-untyped-def]
    from console.domain.columns import STANDARD

    return tuple(column.info for column in STANDARD if column.id in ids)
