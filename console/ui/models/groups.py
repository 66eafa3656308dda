"""Rows under headings: agents by state or by queue. Pure, in slices where there are thousands."""

from __future__ import annotations

from collections.abc import Collection, Generator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from console.domain.enums import AgentStatus
from console.domain.model import Row
from console.domain.text import safe_text
from console.ui.models.columns import agent_status
from console.ui.models.rows import Key, SourceView, ViewRow, natural_key
from console.ui.text import state_word, tr

SLICE = 250  # rows put under headings between two chances for the window to breathe
_HEADINGS = "\x00group"  # the "profile" of headings; no profile has such an id
_NOBODY = SourceView(_HEADINGS, "")


class Grouping(StrEnum):
    """What agents stand together by."""

    NONE = "none"
    STATE = "state"
    QUEUE = "queue"


@dataclass(frozen=True, slots=True)
class GroupRow(Row):
    """A heading. `name` is what it says, `status` the state it stands for, if it does."""

    count: int = 0
    is_open: bool = True
    status: AgentStatus | None = None


Queues = Mapping[str, Collection[str]]  # profile id -> names of its queues


def is_heading(row: ViewRow) -> bool:
    """Whether a row is a heading."""
    return type(row.row) is GroupRow


def split_names(text: str, known: Collection[str]) -> tuple[str, ...]:
    """Names joined by commas, apart again; a known name may have commas of its own."""
    parts = text.split(", ")
    found: list[str] = []
    place = 0
    while place < len(parts):
        ends = range(len(parts), place + 1, -1)
        end = next((end for end in ends if ", ".join(parts[place:end]) in known), place + 1)
        found.append(", ".join(parts[place:end]))
        place = end
    return tuple(dict.fromkeys(found))


def by_state(rows: Sequence[ViewRow], closed: Collection[str]) -> Generator[None, None, list[ViewRow]]:
    """Rows under a heading for each state that occurs; yields between slices and returns the list."""
    groups: dict[AgentStatus, list[ViewRow]] = {status: [] for status in AgentStatus}
    for start in range(0, len(rows), SLICE * 4):
        for row in rows[start : start + SLICE * 4]:
            groups[agent_status(row)].append(row)
        yield
    result: list[ViewRow] = []
    for status, members in groups.items():
        if members:
            result += _under(f"state:{status.value}", state_word(status), members, closed, status)
    return result


def by_queue(rows: Sequence[ViewRow], closed: Collection[str], queues: Queues) -> Generator[None, None, list[ViewRow]]:
    """Rows under a heading for each queue of each source, an agent of several queues under each of them."""
    groups: dict[tuple[str, str], list[ViewRow]] = {}
    split: dict[tuple[str, str], tuple[str, ...]] = {}
    names: dict[str, str] = {}
    for start in range(0, len(rows), SLICE):
        for row in rows[start : start + SLICE]:
            owner, named = row.key[0], row.row.reading("queues").value
            names[owner] = row.source.name
            told = (owner, named if isinstance(named, str) else "")
            if told not in split:
                split[told] = split_names(told[1], queues.get(owner, ()))
            for queue in split[told]:
                groups.setdefault((owner, queue), []).append(row._replace(key=(*row.key, queue)))
        yield
    several = len(names) > 1
    result: list[ViewRow] = []
    for owner, queue in sorted(groups, key=lambda place: (not place[1], natural_key(place[1]), names[place[0]])):
        title = safe_text(queue) if queue else tr("No queue")
        if several:
            title = tr("{queue} of {profile}", queue=title, profile=safe_text(names[owner], 60))
        result += _under(f"queue:{owner}/{queue}", title, groups[owner, queue], closed)
    return result


def _under(
    group_id: str, title: str, members: list[ViewRow], closed: Collection[str], status: AgentStatus | None = None
) -> list[ViewRow]:
    is_open = group_id not in closed
    heading = ViewRow(
        (_HEADINGS, group_id), _NOBODY, GroupRow(group_id, title, {}, len(members), is_open=is_open, status=status)
    )
    return [heading, *members] if is_open else [heading]


def hold_places(rows: Sequence[ViewRow], former: Sequence[Key]) -> list[ViewRow]:
    """The rows where they stood, each newcomer behind the row it now follows: while somebody works nothing jumps."""
    stood = set(former)
    left: dict[Key, ViewRow] = {}
    behind: dict[Key | None, list[ViewRow]] = {}
    previous: Key | None = None
    for row in rows:
        if row.key in stood:
            left[row.key], previous = row, row.key
        else:
            behind.setdefault(previous, []).append(row)
    result = behind.pop(None, [])
    for key in former:
        if key in left:
            result += [left[key], *behind.get(key, ())]
    return result
