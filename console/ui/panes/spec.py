"""What tells the panes apart, as data."""

from __future__ import annotations

from dataclasses import dataclass

from console.domain.enums import Section
from console.ui.models.columns import Column
from console.ui.panes.emptiness import Emptiness


@dataclass(frozen=True, slots=True)
class PaneSpec:
    """What tells the panes apart.

    Attributes:
        name: stable object name.
        title: heading.
        section: the section of a snapshot, None for the metrics.
        columns: the fixed columns.
        one, many: templates of the count, with ``{n}``.
        nothing: what to say when there are no rows and all is well.
        sort: column and direction before the user chose.
    """

    name: str
    title: str
    section: Section | None
    columns: tuple[Column, ...]
    one: str
    many: str
    nothing: Emptiness
    sort: tuple[str, bool] = ("name", False)
