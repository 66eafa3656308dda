"""What can be chosen: rows and columns of the present floor, and their names, as privacy wants them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from console.domain.board import Board, Source
from console.domain.columns import find
from console.domain.enums import Section
from console.domain.errors import UserError
from console.domain.privacy import masked
from console.domain.text import safe_text
from console.domain.thresholds import Threshold
from console.domain.values import Unit
from console.engine.history.base import RowName, SeriesKey
from console.ui.models.rows import natural_key
from console.ui.services import Services
from console.ui.text import tr
from console.ui.trends.choice import FIGURES, Choice, Picked

_DRAWN = (Unit.COUNT, Unit.MS, Unit.PERCENT)
_NAME = 60


@dataclass(frozen=True, slots=True)
class Offer:
    """A row that can be chosen; `unit` only for key figures."""

    picked: Picked
    name: str
    profile: str
    unit: Unit = Unit.COUNT


@dataclass(frozen=True, slots=True)
class ColumnOffer:
    """A column that can be chosen."""

    id: str
    title: str
    unit: Unit


class Floor:
    """The board as the trends see it.

    Args:
        is_private: agents have numbers instead of names.
    """

    def __init__(self, board: Board, *, is_private: bool = False) -> None:
        self._is_private = is_private
        self.sources = {str(source.profile.id): masked(source) if is_private else source for source in board.sources}

    def profiles(self) -> list[tuple[str, str]]:
        """Id and name of each connection."""
        return [(key, safe_text(source.profile.name, _NAME)) for key, source in self.sources.items()]

    def profile_name(self, profile_id: str) -> str:
        """The name of a connection; empty where there is none."""
        source = self.sources.get(profile_id)
        return safe_text(source.profile.name, _NAME) if source is not None else ""

    def offers(self, kind: str, profile_id: str, recorded: Iterable[RowName] = ()) -> list[Offer]:
        """The rows of a kind by name, those of the recording that are gone included."""
        found: dict[Picked, Offer] = {}
        for owner, source in self.sources.items():
            if profile_id and owner != profile_id:
                continue
            for offer in _offers_of(source, kind):
                found[offer.picked] = offer
        for number, row in enumerate(recorded):
            picked = Picked(row.profile_id, row.row_id)
            if picked not in found and (not profile_id or row.profile_id == profile_id):
                name = f"{_gone(kind)} {number + 1}" if self._hides(kind) else safe_text(row.name, _NAME)
                found[picked] = Offer(picked, name, self.profile_name(row.profile_id))
        return sorted(found.values(), key=lambda offer: (natural_key(offer.name), offer.profile))

    def columns(self, kind: str, profile_ids: Sequence[str]) -> list[ColumnOffer]:
        """The columns of figures that one of some connections fills; all connections for none named."""
        if kind == FIGURES:
            return []
        section = Section(kind)
        found: dict[str, ColumnOffer] = {}
        for owner, source in self.sources.items():
            if source.snapshot is None or (profile_ids and owner not in profile_ids):
                continue
            for info in source.snapshot.columns.get(section, ()):
                if info.unit in _DRAWN and info.id not in found:
                    known = find(section, info.id)
                    title = tr(known.title) if known is not None else safe_text(info.title, _NAME)
                    found[info.id] = ColumnOffer(info.id, title, info.unit)
        return list(found.values())

    def has_column(self, key: SeriesKey) -> bool:
        """Whether the source says such a thing at all, as far as is known."""
        source = self.sources.get(key.profile_id)
        if source is None or source.snapshot is None or key.section is None:
            return True
        return any(info.id == key.column for info in source.snapshot.columns.get(key.section, ()))

    def name(self, kind: str, picked: Picked) -> str:
        """The name of a row; its id where it is not on the floor, nothing where that could name somebody."""
        source = self.sources.get(picked.profile_id)
        for offer in _offers_of(source, kind) if source is not None else ():
            if offer.picked == picked:
                return offer.name
        return _gone(kind) if self._hides(kind) else safe_text(picked.row_id, 40)

    def _hides(self, kind: str) -> bool:
        """Whether a row that is gone may be, or be of, somebody who must not be named."""
        return self._is_private and kind != Section.QUEUES.value

    def threshold(self, key: SeriesKey, name: str) -> Threshold | None:
        """The limits of a curve."""
        source = self.sources.get(key.profile_id)
        if source is None or key.section is not Section.QUEUES:
            return None
        return source.limits.threshold(key.column, queue=name)


def _gone(kind: str) -> str:
    return tr("Former agent") if kind == Section.AGENTS.value else tr("Former figure")


def _offers_of(source: Source, kind: str) -> Iterable[Offer]:
    snapshot, profile = source.snapshot, safe_text(source.profile.name, _NAME)
    if snapshot is None:
        return
    owner = str(source.profile.id)
    if kind == FIGURES:
        for metric in snapshot.metrics:
            if metric.reading.unit in _DRAWN:
                name = f"{metric.title}, {metric.name}" if metric.name else metric.title
                yield Offer(Picked(owner, metric.id), safe_text(name, _NAME), profile, metric.reading.unit)
        return
    for row in snapshot.rows(Section(kind)):
        yield Offer(Picked(owner, row.id), safe_text(row.name, _NAME), profile)


def site_zone(services: Services, choice: Choice) -> tuple[tzinfo, str]:
    """The zone of the site whose rows are chosen, and its name; this computer's for sites in several zones."""
    from console.engine.report_zone import computer_zone
    from console.reports.timeframe import find_zone

    owners = {each.profile_id for each in choice.picked} or ({choice.profile_id} if choice.profile_id else set())
    names = {_zone_name(services, owner) for owner in owners}
    own = computer_zone()
    name = (names.pop() or own) if len(names) == 1 else own
    try:
        return find_zone(name), name
    except UserError:
        return find_zone(own), own


def _zone_name(services: Services, profile_id: str) -> str:
    profile = next((each for each in services.profiles.all if str(each.id) == profile_id), None)
    if profile is None:
        return ""
    if services.reports is not None and services.reports.has_own_zone(profile.id):
        return services.reports.zone_of(profile.id)
    return profile.site_zone
