"""The definitions a profile has: those that come with the console, those its server lists, those the user imported."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from console.domain.errors import ConsoleError, UserError
from console.domain.messages import Message, message
from console.domain.model import ProfileId
from console.domain.profile import Profile
from console.engine.profiles import Profiles
from console.engine.report_book import ReportBook
from console.engine.report_records import CUSTOM_LIMIT, VALUES_LIMIT, Custom, Records, json_size
from console.reports.loader import definition_from_json, definition_to_json
from console.reports.runner import ImportedReport
from console.reports.schema import MADE_UP_TITLE, ReportDefinition, Values

log = logging.getLogger(__name__)

REPORT_KEY: Final = "report_key"  # the parameter by which a vendor names a report of the installation
PASTE_LIMIT: Final = 1024 * 1024  # characters
SHOWN: Final = 12  # names in a sentence

Definitions = tuple[ReportDefinition, ...]


class Collision(StrEnum):
    """What an import does with a report of the same id."""

    REFUSE = "refuse"
    REPLACE = "replace"
    KEEP_BOTH = "keep_both"


@dataclass(frozen=True, slots=True)
class Imported:
    """An imported report, with the values that were in the pasted text.

    Attributes:
        replaced: an earlier import of the same id is gone.
        base_url: address the text named, empty when it named none.
        notes: what was kept verbatim or left out.
    """

    definition: ReportDefinition
    values: Values
    replaced: bool = False
    base_url: str = ""
    notes: tuple[Message, ...] = ()


class Library:
    """Finds and keeps definitions. `ReportBook.load` has been awaited before anything here is called."""

    def __init__(self, profiles: Profiles, book: ReportBook) -> None:
        self._profiles = profiles
        self._book = book
        self._static: dict[str, Definitions] = {}
        self._found: dict[ProfileId, Definitions] = {}
        self._custom_of: tuple[Custom, ...] = ()
        self._custom: dict[tuple[str, str], ReportDefinition] = {}

    async def definitions(self, profile: Profile) -> Definitions:
        """Server's or shipped ones, then imported ones; in the order of their source."""
        static = self._static.get(profile.backend)
        if static is None:
            spec = self._profiles.spec(profile.backend)
            static = self._static[profile.backend] = tuple(await asyncio.to_thread(spec.reports))
        custom = await self._customs(profile.backend)
        return _merged(_merged(static, self._found.get(profile.id, ())), custom)

    async def discover(self, profile: Profile) -> Definitions:
        """Ask the server; what it says replaces what is shipped under the same id."""
        async with self._profiles.report_runner(profile.id) as runner:
            self._found[profile.id] = tuple(await runner.definitions())
        return await self.definitions(profile)

    async def find(self, profile: Profile, text: str) -> ReportDefinition:
        """By id, title, key or the only one that begins so; asks the server unless what is known is named outright."""
        known = await self.definitions(profile)
        found = named(known, text)
        if not found and profile.id not in self._found:
            try:
                known = await self.discover(profile)
            except ConsoleError:
                if not beginning(known, text):
                    raise
            found = named(known, text)
        found = found or beginning(known, text)
        if len(own := tuple(d for d in found if d.is_custom)) == 1 and _one_title(found):
            found = own  # an imported report is often called as the ready-made one that still wants a key
        if len(found) == 1:
            return found[0]
        if found:
            raise UserError(message("report.ambiguous", report=text, known=_names(found)))
        raise UserError(message("report.unknown", profile=profile.name, report=text, known=_names(known) or "none"))

    def forget(self, profile_id: ProfileId) -> None:
        """Drop what the server of a profile has listed."""
        self._found.pop(profile_id, None)

    async def read_text(self, profile: Profile, text: str) -> ImportedReport:
        """What pasted request details hold; keeps nothing. Raises UserError for text that holds no report."""
        spec = self._profiles.spec(profile.backend)
        if spec.import_report is None:
            raise UserError(message("report.import_none", title=spec.title))
        if len(text) > PASTE_LIMIT:
            raise UserError(message("report.import_large", limit="1 MB"))
        return await asyncio.to_thread(spec.import_report, text)

    async def import_text(
        self, profile: Profile, text: str, *, collision: Collision = Collision.REFUSE, title: str = ""
    ) -> Imported:
        """Make a report of pasted request details and keep it.

        Raises UserError: it holds no report, or one whose id is taken (``report.import_exists``) under `REFUSE`.
        """
        spec = self._profiles.spec(profile.backend)
        got = await self.read_text(profile, text)
        params = tuple(
            replace(p, default=got.values[p.id]) if got.values.get(p.id) is not None else p
            for p in got.definition.params
        )
        definition = replace(
            got.definition, params=params, backend=profile.backend, is_custom=True, title=title or got.definition.title
        )
        taken = {d.id: d for d in await self.definitions(profile)}
        rival = taken.get(definition.id)
        if rival is not None and collision is Collision.REFUSE:
            raise UserError(
                message("report.import_exists", backend=spec.title, title=rival.title, report=definition.id)
            )
        if rival is not None and (collision is Collision.KEEP_BOTH or not rival.is_custom):
            definition, rival = _beside(definition, list(taken.values())), None
        self._keep(definition, is_new=rival is None)
        return Imported(definition, got.values, rival is not None, got.base_url, got.notes)

    def remove(self, definition: ReportDefinition) -> None:
        """Forget an imported report."""
        key = (definition.backend, definition.id)
        self._book.change(lambda r: replace(r, custom=tuple(c for c in r.custom if (c.backend, c.report_id) != key)))

    def rename(self, definition: ReportDefinition, title: str) -> ReportDefinition:
        """Give an imported report another title."""
        renamed = replace(definition, title=title.strip() or definition.title)
        self._keep(renamed, is_new=False)
        return renamed

    def learn_title(self, definition: ReportDefinition, title: str) -> None:
        """Give an imported report that nobody has named the title of its result."""
        made_up, learned = definition.wire.get(MADE_UP_TITLE), title.strip()
        if not made_up or learned in ("", made_up):
            return
        key = (definition.backend, definition.id)

        def titled(entry: Custom) -> Custom:
            form = entry.definition
            if (entry.backend, entry.report_id) != key or not isinstance(form, dict):
                return entry
            if form.get("title") != made_up:  # named by the user, before the run or during it
                return entry
            return replace(entry, definition={**form, "title": learned})

        if all(titled(entry) is entry for entry in self._book.records.custom):
            return

        def step(records: Records) -> Records:
            return replace(records, custom=tuple(map(titled, records.custom)))

        self._book.change(step)

    def _keep(self, definition: ReportDefinition, *, is_new: bool) -> None:
        if is_new and len(self._book.records.custom) >= CUSTOM_LIMIT:
            raise UserError(message("report.import_full", limit=CUSTOM_LIMIT))
        entry = Custom(definition.backend, definition.id, definition_to_json(definition))
        if json_size(entry.definition) > VALUES_LIMIT:
            raise UserError(message("report.import_large", limit="0.5 MB"))

        def step(records: Records) -> Records:
            key = (entry.backend, entry.report_id)
            others = [c for c in records.custom if (c.backend, c.report_id) != key]
            return replace(records, custom=(*others, entry)[-CUSTOM_LIMIT:])

        self._book.change(step)

    async def _customs(self, backend: str) -> Definitions:
        entries = self._book.records.custom
        if entries is not self._custom_of:
            self._custom = await asyncio.to_thread(_read, entries)
            self._custom_of = entries
        return tuple(d for (owner, _), d in self._custom.items() if owner == backend)


def named(definitions: Sequence[ReportDefinition], text: str) -> Definitions:
    """The definitions of that id, else of that title, else of that key; letter case makes no difference."""
    wanted = text.strip().casefold()
    for word in (_id, _title, _key):
        if found := tuple(d for d in definitions if wanted and word(d) == wanted):
            return found
    return ()


def beginning(definitions: Sequence[ReportDefinition], text: str) -> Definitions:
    """The definitions whose id, title or key begins so."""
    wanted = text.strip().casefold()
    return tuple(d for d in definitions if wanted and any(word(d).startswith(wanted) for word in (_id, _title, _key)))


def _id(definition: ReportDefinition) -> str:
    return definition.id.casefold()


def _title(definition: ReportDefinition) -> str:
    return definition.title.casefold()


def _key(definition: ReportDefinition) -> str:
    param = definition.param(REPORT_KEY)
    key = definition.wire.get("key") or (param.default if param is not None else None)
    return key.casefold() if isinstance(key, str) else ""


def _one_title(definitions: Sequence[ReportDefinition]) -> bool:
    return len({_title(definition) for definition in definitions}) == 1


def _names(definitions: Sequence[ReportDefinition]) -> str:
    names = [f"{d.title} ({d.id})" if d.title != d.id else d.id for d in definitions[:SHOWN]]
    more = len(definitions) - len(names)
    return ", ".join(names) + (f" and {more} more" if more > 0 else "")


def _merged(base: Sequence[ReportDefinition], over: Sequence[ReportDefinition]) -> Definitions:
    merged = {definition.id: definition for definition in base}
    merged.update({definition.id: definition for definition in over})
    return tuple(merged.values())


def _beside(definition: ReportDefinition, taken: Sequence[ReportDefinition]) -> ReportDefinition:
    ids, titles = {d.id for d in taken}, {d.title for d in taken}
    number = 2
    while f"{definition.id}-{number}" in ids:
        number += 1
    title = definition.title if definition.title not in titles else f"{definition.title} ({number})"
    return replace(definition, id=f"{definition.id}-{number}", title=title)


def _read(entries: Sequence[Custom]) -> dict[tuple[str, str], ReportDefinition]:
    found: dict[tuple[str, str], ReportDefinition] = {}
    for entry in entries:
        try:
            definition = definition_from_json(entry.definition)
        except UserError as error:
            log.warning("imported report %s cannot be read: %s", entry.report_id, error.message.code)
            continue
        found[entry.backend, entry.report_id] = replace(definition, backend=entry.backend, is_custom=True)
    return found
