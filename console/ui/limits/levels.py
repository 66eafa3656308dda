"""Service levels while they are chosen: what each formula comes to, by queue and in sum. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from console.domain.board import Source
from console.domain.model import ProfileId
from console.domain.service_level import (
    BY_ID,
    VARIANTS,
    Choice,
    Choices,
    Counts,
    counts_of,
    ratio,
    service_level,
    total,
)
from console.domain.text import format_value
from console.domain.values import Status
from console.engine.limit_records import Edit
from console.ui.limits.level_rows import Figure, QueueLine
from console.ui.models.rows import natural_key
from console.ui.text import plural, tr

CountsByQueue = Mapping[str, Counts]


def live_counts(source: Source | None, mono: float) -> dict[str, Counts]:
    """The counts each queue has now, by name; none while the source is silent."""
    if source is None or source.snapshot is None or source.health.is_stale_at(mono):
        return {}
    return {row.name: counts_of(row) for row in source.snapshot.queues}


def own_figure(source: Source | None, queue: str) -> str:
    """What the system itself says of a queue, as text; a dash where it says nothing."""
    rows = source.snapshot.queues if source is not None and source.snapshot is not None else ()
    row = next((row for row in rows if row.name == queue), None)
    reading = row.reading("service_level") if row is not None else None
    return format_value(reading, 0.0) if reading is not None and reading.status is Status.OK else "–"


def variant_figures(counts: CountsByQueue, queue: str) -> dict[str, Figure]:
    """Every variant for one queue, or for all of them in sum."""
    found = {}
    for variant in VARIANTS:
        if queue:
            of_queue = counts.get(queue, Counts())
            found[variant.id] = Figure(service_level(variant, of_queue), ratio(variant, of_queue))
        else:
            whole = total((variant, each) for each in counts.values())
            note = _left_out(whole.left_out) if whole.counted else ""
            found[variant.id] = Figure(whole.reading, whole.ratio if whole.counted else None, note)
    return found


def queue_lines(counts: CountsByQueue, choices: Choices, source: Source | None) -> tuple[list[QueueLine], QueueLine]:
    """Each queue by its own formula, and the sum of numerators over the sum of denominators."""
    lines, parts = [], []
    for name in sorted(counts, key=natural_key):
        of_queue = counts[name]
        variant = BY_ID[choices.of(name).variant]
        parts.append((variant, of_queue))
        figure = Figure(service_level(variant, of_queue), ratio(variant, of_queue), variant.formula)
        lines.append(QueueLine(name, variant.id, figure, own_figure(source, name)))
    whole = total(parts)
    used = {variant.id for variant, _ in parts}
    note = tr("The sum of the calls above the line over the sum below it.") + _left_out(whole.left_out, " ")
    figure = Figure(whole.reading, whole.ratio if whole.counted else None, note)
    return lines, QueueLine(tr("All queues"), used.pop() if len(used) == 1 else tr("mixed"), figure, "")


def _left_out(queues: int, before: str = "") -> str:
    return before + plural("{n} queue is left out.", "{n} queues are left out.", queues) if queues else ""


class LevelDraft:
    """The choices of several profiles, changed here and nowhere else until they are saved.

    Args:
        saved: the choices of a profile as they hold now.
    """

    def __init__(self, saved: Callable[[ProfileId], Choices]) -> None:
        self._saved = saved
        self._working: dict[ProfileId, Choices] = {}

    def choices(self, profile_id: ProfileId) -> Choices:
        """The choices of a profile with the changes made here."""
        return self._working.get(profile_id) or self._saved(profile_id)

    def choice(self, profile_id: ProfileId, queue: str) -> Choice:
        """How a queue counts, or, without one, the profile."""
        choices = self.choices(profile_id)
        return choices.of(queue) if queue else choices.profile

    def is_own(self, profile_id: ProfileId, queue: str) -> bool:
        """Whether a queue counts in its own way."""
        return queue.casefold() in self.choices(profile_id).queues

    def set(self, profile_id: ProfileId, queue: str, choice: Choice) -> None:
        """Count a queue, or all without a way of their own, like this."""
        choices = self.choices(profile_id)
        if not queue:
            self._working[profile_id] = replace(choices, profile=choice)
        elif choice == choices.profile:
            self.reset(profile_id, queue)
        else:
            self._working[profile_id] = replace(choices, queues={**choices.queues, queue.casefold(): choice})

    def reset(self, profile_id: ProfileId, queue: str) -> None:
        """Count a queue as the profile does."""
        choices = self.choices(profile_id)
        others = {name: held for name, held in choices.queues.items() if name != queue.casefold()}
        self._working[profile_id] = replace(choices, queues=others)

    def edits(self) -> dict[ProfileId, list[Edit]]:
        """The changes, by profile."""
        found: dict[ProfileId, list[Edit]] = {}
        for profile_id, now in self._working.items():
            saved = self._saved(profile_id)
            edits = [Edit("service_level", value=now.profile)] if now.profile != saved.profile else []
            edits += [
                Edit("service_level", queue=name, is_reset=True) for name in saved.queues if name not in now.queues
            ]
            changed = {name: choice for name, choice in now.queues.items() if saved.queues.get(name) != choice}
            edits += [Edit("service_level", value=choice, queue=name) for name, choice in changed.items()]
            if edits:
                found[profile_id] = edits
        return found
