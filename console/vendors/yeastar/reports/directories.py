"""Lists to choose from, by name: ids stay the vendor's, as text (vendor page "Get Menu Options")."""

from __future__ import annotations

from collections.abc import Iterable

from console.domain.errors import ProtocolError
from console.domain.messages import Message, message
from console.reports.runner import Directory
from console.reports.schema import Choice
from console.vendors.yeastar.client import YeastarClient
from console.vendors.yeastar.envelope import INTERNAL, NO_DATA, CodeError, Json, NotOffered
from console.vendors.yeastar.fields import rows, text
from console.vendors.yeastar.paths import MENUS, MY_REPORTS, PAUSE_REASONS

QUEUES, EXTENSIONS, GROUPS, PEOPLE = "queues", "extensions", "ext_groups", "extensions_and_groups"
TRUNKS, IVRS, RING_GROUPS, AGENTS = "trunks", "ivrs", "ring_groups", "queue_agents"
REASONS, OWN = "pause_reasons", "my_reports"
_MENUS = {GROUPS: "ext_group", TRUNKS: "trunk", IVRS: "IVR", RING_GROUPS: "ring_group"}
NAMES = frozenset({QUEUES, EXTENSIONS, PEOPLE, AGENTS, REASONS, OWN, *_MENUS})
_REASON_KEYS = ("name", "reason", "pause_reason", "text", "label")
_OWN_KEYS = ("name", "report_name", "title", "text")


async def read_directory(client: YeastarClient, name: str, depends: str = "") -> Directory:
    """A directory by its name; one the PBX does not have is empty and says so.

    Args:
        depends: for the agents of a queue its id.

    Raises:
        ConsoleError: as of `YeastarClient.read`.
    """
    if name == QUEUES:
        queues, total = await client.queues()
        found = [Choice(queue.id, queue.name, note=queue.number) for queue in queues]
        return Directory(tuple(found), _incomplete(client, "queues", len(found), total))
    if name == EXTENSIONS:
        return await _extensions(client)
    if name == PEOPLE:
        return await _people(client)
    if name == AGENTS:
        return await _agents(client, depends) if depends else Directory((), (message("pbx.choose_queue"),))
    try:
        if name == REASONS:
            return await _named(client, PAUSE_REASONS, _REASON_KEYS, is_name=True)
        if name == OWN:
            return await _named(client, MY_REPORTS, _OWN_KEYS, is_name=False)
        if name in _MENUS:
            return Directory(await _menu(client, _MENUS[name]))
    except (NotOffered, CodeError) as error:
        return Directory((), (error.message,))
    raise ProtocolError(message("pbx.no_directory", what=name[:40]))


def _incomplete(client: YeastarClient, what: str, got: int, total: int | None) -> tuple[Message, ...]:
    if total is None or got >= total:
        return ()
    return (message("api.incomplete", host=client.host, what=what, got=got, total=total),)


async def _extensions(client: YeastarClient, group: str = "") -> Directory:
    extensions, total = await client.extensions()
    found = [Choice(each.id, each.name or each.number, group, each.number) for each in extensions if each.id]
    return Directory(tuple(found), _incomplete(client, "extensions", len(extensions), total))


async def _people(client: YeastarClient) -> Directory:
    """Extensions and their groups, which share one parameter and so must not share an id."""
    people = await _extensions(client, "Extensions")
    notes = list(people.notes)
    try:
        groups = await _menu(client, _MENUS[GROUPS], "Extension groups")
    except (NotOffered, CodeError) as error:
        return Directory(people.choices, (*notes, error.message))
    taken = {choice.value for choice in people.choices}
    clashing = [choice.label for choice in groups if choice.value in taken]
    if clashing:
        notes.append(message("pbx.groups_left_out", names=", ".join(clashing[:5]), count=len(clashing)))
    free = [choice for choice in groups if choice.value not in taken]
    return Directory((*free, *people.choices), tuple(notes))


async def _agents(client: YeastarClient, queue_id: str) -> Directory:
    """The agents of a queue; firmware without that menu tells its members in the list of queues."""
    try:
        return Directory(await _menu(client, "queue_agent", queue_id=queue_id))
    except (NotOffered, CodeError) as error:
        queues, _ = await client.queues()
        members = next((queue.members for queue in queues if queue.id == queue_id), ())
        found = tuple(Choice(each.id, each.name or each.number, note=each.number) for each in members if each.id)
        return Directory(found, () if found else (error.message,))


async def _menu(client: YeastarClient, menu: str, group: str = "", *, queue_id: str = "") -> tuple[Choice, ...]:
    query = [("menu", menu), *([("id", queue_id)] if queue_id else [])]
    answer = await client.read(MENUS, query, also=frozenset({NO_DATA}))
    found: dict[str, Choice] = {}
    for choice in _choices(rows(answer.body, client.host, "data"), group):
        found.setdefault(choice.value, choice)
    return tuple(found.values())


def _choices(entries: Iterable[dict[str, Json]], group: str) -> Iterable[Choice]:
    """Entries of a menu, and those listed inside an entry under its name."""
    for entry in entries:
        value, label, note = text(entry.get("value")), text(entry.get("text")), text(entry.get("text2"))
        items = entry.get("item")
        inner = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
        if value:
            yield Choice(value, label or value, group, note)
        yield from _choices(inner, label or group)


async def _named(client: YeastarClient, path: str, keys: tuple[str, ...], *, is_name: bool) -> Directory:
    """A list whose fields the vendor's pages do not show: the first name in each entry that is one."""
    answer = await client.read(path, also=frozenset({NO_DATA, INTERNAL}))
    found: dict[str, Choice] = {}
    for entry in rows(answer.body, client.host, "data"):
        label = next((named for key in keys if (named := text(entry.get(key)))), "")
        ident = text(entry.get("id")) or text(entry.get("value"))
        code = text(entry.get("code")) or text(entry.get("feature_code"))
        value = label if is_name else ident
        if value:
            found.setdefault(value, Choice(value, label or value, note=code))
    return Directory(tuple(found.values()), () if found else (message("pbx.list_empty", host=client.host),))
