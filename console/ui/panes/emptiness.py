"""Why a pane has no rows, as one line what it is, one line what to do and one button: pure."""

from __future__ import annotations

from typing import NamedTuple

from console.domain.board import Board, Source
from console.domain.enums import HealthState, Section
from console.domain.messages import Message
from console.domain.text import safe_text
from console.ui.text import health_word, tr, translate


class Emptiness(NamedTuple):
    """What to say instead of rows; `action` empty for no button."""

    icon: str
    title: str
    line: str = ""
    action: str = ""
    caption: str = ""


ADD_PROFILE = "add_profile"
EDIT_PROFILE = "edit_profile"  # followed by ":<profile id>"
CLEAR_FILTER = "clear_filter"

_TROUBLE = (HealthState.REFUSED, HealthState.UNREACHABLE, HealthState.ERROR)
_ICONS = {HealthState.REFUSED: "lock", HealthState.UNREACHABLE: "server-off", HealthState.ERROR: "circle-alert"}


def no_connection() -> Emptiness:
    """Nothing is connected."""
    return Emptiness(
        "plug",
        tr("No system is connected"),
        tr("Add a connection to a phone system, and its figures appear here."),
        ADD_PROFILE,
        tr("Add connection"),
    )


def nothing_recorded() -> Emptiness:
    """A recorded moment that has nothing of these systems."""
    return Emptiness("history", tr("Nothing is recorded of this moment"), tr("Go to another moment, or back to now."))


def nothing_matches(typed: str) -> Emptiness:
    """The filter leaves nothing."""
    line = tr("No row has “{typed}” in it.", typed=typed) if typed else tr("No row passes the filter.")
    return Emptiness("filter", tr("Nothing matches"), line, CLEAR_FILTER, tr("Clear the filter"))


def unavailable_reason(source: Source, section: Section) -> Message | None:
    """Why a source has no such table; None when it has."""
    if source.snapshot is None or section in source.snapshot.columns:
        return None
    return source.snapshot.unavailable.get(section, Message("source.no_sections"))


def lacking_line(board: Board, section: Section) -> tuple[str, str]:
    """Which of several sources have no such table, and each one's reason; empty when all have it."""
    lacking = [
        (safe_text(source.profile.name, 40), reason)
        for source in board.sources
        if (reason := unavailable_reason(source, section)) is not None
    ]
    if not lacking:
        return "", ""
    reasons = (tr("{profile}: {reason}", profile=name, reason=translate(reason)) for name, reason in lacking)
    return tr("Not available from {profiles}", profiles=", ".join(name for name, _ in lacking)), "\n".join(reasons)


def without_rows(board: Board, mono: float, section: Section | None, nothing: Emptiness) -> Emptiness:
    """Why there are no rows though nothing is filtered; `nothing` is what to say when all is well."""
    sources = board.sources
    if not sources:
        return no_connection()
    if section is not None:
        reasons = [unavailable_reason(source, section) for source in sources]
        if all(reasons):
            first = next(reason for reason in reasons if reason)
            return Emptiness("circle-slash", tr("Not available from this system"), translate(first))
    offering = [source for source in sources if section is None or unavailable_reason(source, section) is None]
    silent = [source for source in offering if source.snapshot is None or source.health.is_stale_at(mono)]
    if len(silent) < len(offering):
        heard = [source.snapshot for source in offering if source not in silent and source.snapshot is not None]
        if all(snapshot.is_warming for snapshot in heard):
            return _warming()
        return _partly(nothing, silent) if silent else nothing
    troubled = [source for source in silent if source.health.state_at(mono) in _TROUBLE]
    if troubled:
        return _trouble(troubled[0], mono)
    if any(source.snapshot is not None for source in silent):
        return _partly(nothing, silent)
    return _warming()


def _partly(nothing: Emptiness, silent: list[Source]) -> Emptiness:
    """Some sources that could have rows are quiet: emptiness is no news from them."""
    names = ", ".join(safe_text(source.profile.name, 40) for source in silent)
    title = tr("{nothing}, as far as is known", nothing=nothing.title)
    return Emptiness("history", title, tr("No fresh figures from {profiles}.", profiles=names))


def _warming() -> Emptiness:
    return Emptiness("hourglass", tr("Waiting for the first figures"), tr("They appear as soon as the system answers."))


def _trouble(source: Source, mono: float) -> Emptiness:
    state = source.health.state_at(mono)
    word = health_word(state)
    message = source.health.message
    return Emptiness(
        _ICONS[state],
        tr("{profile}: {state}", profile=source.profile.name, state=word),
        translate(message) if message is not None else "",
        f"{EDIT_PROFILE}:{source.profile.id}",
        tr("Open the profile"),
    )
