"""The body of a historical request: reading it, and what may be wrong with it.

Shapes of the vendor's page "Historical Call Data" (REPORT_TIMEFRAME, PBX_USERS) and of a working client (TIME_ROW,
roles). SKILLS and GROUPS are inferred from those; FEATURE_TYPES, ACCOUNT_CODES, DURATION and CALL_COST_PROFILE are
the demo's own shapes for parameters the product has, and are never required.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from console.demo.servers.xima_report_time import BadValue, Frame, TimeRows, read_frame, read_time_rows
from console.demo.world.site import Site
from console.demo.world.zone import Zone

FORMATS: Final = ("json", "csv", "html", "pdf", "xls", "xlsx", "odt")
FEATURES: Final = ("EXTENSION_LOGIN", "DND", "ACW")
COST_PROFILE: Final = "Standard"
BAD_JSON: Final = "Malformed JSON request body"
BAD_PARAMETERS: Final = "Missing or invalid parameters"  # nothing says which


class RequestError(Exception):
    """A request is refused: 400 or 403."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


@dataclass(frozen=True, slots=True)
class Parameter:
    """One prompt of a report: its label, its type, whether it must be answered."""

    name: str
    kind: str
    required: bool = True


@dataclass(frozen=True, slots=True)
class Sight:
    """What a service user may see: positions of agents and queues. ``roles``: members by the role's id."""

    agents: Sequence[int]
    queues: Sequence[int]
    roles: Mapping[str, Sequence[int]]


@dataclass
class Asked:
    """The answers. Lists are positions, in the order given; without an answer everything that may be seen."""

    frame: Frame
    agents: list[int]
    queues: list[int]
    time_rows: TimeRows = field(default_factory=lambda: TimeRows("HOUR_OF_DAY", 1))
    codes: list[str] | None = None
    features: tuple[str, ...] = FEATURES
    level_ms: int | None = None
    roles: list[str] = field(default_factory=list)


def read_body(text: str) -> tuple[str, list[dict[str, Any]]]:
    """Give the format (lower case) and the parameters; RequestError 400."""
    try:
        body = json.loads(text)
    except ValueError:
        raise RequestError(400, BAD_JSON) from None
    if not isinstance(body, dict) or not isinstance(body.get("parameters"), list):
        raise RequestError(400, BAD_JSON)
    given = body["parameters"]
    form = body.get("format", "json")
    if not all(isinstance(each, dict) for each in given) or not isinstance(form, str) or form.lower() not in FORMATS:
        raise RequestError(400, BAD_PARAMETERS)
    return form.lower(), given


class Reader:
    """Reads the parameters of one report for one service user."""

    def __init__(self, site: Site, zone: Zone, sight: Sight) -> None:
        self._site = site
        self._zone = zone
        self._sight = sight
        self._agents = {agent.key: agent.index for agent in site.agents}
        self._queues = {name: index for index, name in enumerate(site.queue_names)}

    def read(self, wanted: Sequence[Parameter], given: Sequence[dict[str, Any]]) -> Asked:
        """Give the answers; RequestError 400 for missing, unknown or unreadable ones, 403 for what may not be seen."""
        values = {each.get("name"): each for each in given}
        known = {each.name for each in wanted}
        if len(values) != len(given) or not set(values) <= known:
            raise RequestError(400, BAD_PARAMETERS)
        asked: Asked | None = None
        for each in wanted:
            found = values.get(each.name)
            if found is None:
                if each.required:
                    raise RequestError(400, BAD_PARAMETERS)
                continue
            value = found.get("value")
            if not isinstance(value, dict) or not found.get("valueType") == each.kind == value.get("type"):
                raise RequestError(400, BAD_PARAMETERS)
            try:
                asked = self._take(each, value, asked)
            except BadValue:
                raise RequestError(400, BAD_PARAMETERS) from None
        if asked is None:
            raise RequestError(400, BAD_PARAMETERS)
        return asked

    def _take(self, parameter: Parameter, value: dict[str, Any], asked: Asked | None) -> Asked:
        if parameter.kind == "REPORT_TIMEFRAME":
            frame = read_frame(value, self._zone)
            return Asked(frame, list(self._sight.agents), list(self._sight.queues), roles=list(self._sight.roles))
        if asked is None:
            raise BadValue("timeframe")
        kind = parameter.kind
        if kind == "PBX_USERS":
            asked.agents = self._people(value, asked)
        elif kind in ("SKILLS", "GROUPS"):
            asked.queues = self._seen(_keys(value, kind.lower()), self._queues, self._sight.queues)
        elif kind == "TIME_ROW":
            asked.time_rows = read_time_rows(value)
        elif kind == "ACCOUNT_CODES":
            asked.codes = _known(_keys(value, "accountCodes"), self._site.directory.account_codes)
        elif kind == "FEATURE_TYPES":
            asked.features = tuple(_known(_keys(value, "featureTypes"), FEATURES))
        elif kind == "CALL_COST_PROFILE":
            _known([value.get("key")], (COST_PROFILE,))
        else:
            asked.level_ms = _duration(value)
        return asked

    def _people(self, value: dict[str, Any], asked: Asked) -> list[int]:
        """Agents by name and extension, and roles by id."""
        users = _keys(value, "pbxUsers") if value.get("pbxUsers") else []
        roles = _keys(value, "roles") if value.get("roles") else []
        if not users and not roles:
            raise BadValue("pbxUsers")
        people = self._seen(users, self._agents, self._sight.agents)
        if not set(roles) <= set(self._sight.roles):
            raise RequestError(403, "Forbidden")
        asked.roles = roles
        for role in roles:
            people += [each for each in self._sight.roles[role] if each in self._sight.agents]
        return list(dict.fromkeys(people))

    @staticmethod
    def _seen(keys: list[str], places: Mapping[str, int], visible: Sequence[int]) -> list[int]:
        """What does not exist and what may not be seen are refused alike."""
        sight = set(visible)
        found = [places.get(key, -1) for key in dict.fromkeys(keys)]
        if not sight.issuperset(found):
            raise RequestError(403, "Forbidden")
        return found


def _keys(value: dict[str, Any], name: str) -> list[str]:
    """``[{"key": ...}, ...]``, at least one."""
    items = value.get(name)
    if not isinstance(items, list) or not items:
        raise BadValue(name)
    keys = [each.get("key") if isinstance(each, dict) else None for each in items]
    if not all(isinstance(key, str) for key in keys):
        raise BadValue(name)
    return [str(key) for key in keys]


def _known(keys: Sequence[Any], known: Sequence[str]) -> list[str]:
    if not set(keys) <= set(known):
        raise BadValue("key")
    return list(dict.fromkeys(keys))


def _duration(value: dict[str, Any]) -> int:
    given = value.get("duration")
    if not isinstance(given, int) or isinstance(given, bool) or given < 0:
        raise BadValue("duration")
    return given
