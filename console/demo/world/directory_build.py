"""Draws a site's directory around its queues and agents, from a random stream of its own."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TYPE_CHECKING

from console.demo.world import names
from console.demo.world.directory import (
    AGENT_ROLE,
    DidInfo,
    Directory,
    DodInfo,
    ExtensionGroup,
    ExtensionInfo,
    IvrInfo,
    IvrKey,
    PauseReason,
    QueueSettings,
    Rate,
    RingGroupInfo,
    SurveyQuestion,
    TrunkInfo,
)

if TYPE_CHECKING:
    from console.demo.world.site import AgentInfo, QueueInfo

PER_MENU = 7
"""Queues behind one main menu: keys 1 to 7. Key 8 calls a ring group, 9 opens the second menu, 0 the reception."""
DIRECT_NUMBERS = 40
"""So many agents can be called from outside directly."""
SLA_MS = 20_000

_TRUNKS = ("Carrier North", "Carrier South", "SIP Reserve")
_OFFICE = (
    ("Reception", "Reception"),
    ("Empfang Ost", "Reception"),
    ("Claire Fontaine", "Management"),
    ("Henrik Sandberg", "Management"),
    ("Warehouse", "Back office"),
    ("Buchhaltung", "Back office"),
    ("Rosa Iglesias", "Back office"),
    ("Service Desk", "Back office"),
)
_PREFIXES = (
    ("+1", "North America", 120),
    ("+44", "United Kingdom", 190),
    ("+49", "Germany", 90),
    ("+33", "France", 150),
)
_REASONS = (("Break", "*01"), ("Lunch", "*02"), ("Restroom", "*03"), ("Training", "*04"), ("Meeting", "*05"))


def build_directory(seed: int, queues: Sequence[QueueInfo], agents: Sequence[AgentInfo]) -> Directory:
    """Make the directory. The same site always has the same."""
    rng = Random(f"directory/{seed}/{len(queues)}/{len(agents)}")
    trunks = tuple(TrunkInfo(index, name) for index, name in enumerate(_TRUNKS))
    dods = tuple(
        DodInfo(index, f"+44 1632 9609{index:02d}", name, index % len(trunks))
        for index, name in enumerate(("Main", "Sales line", "Support line", "Accounts", "Reserve"))
    )
    extensions = _extensions(agents, dods)
    office = tuple(each.index for each in extensions if each.agent < 0)
    groups = (
        RingGroupInfo(0, "Front desk", "7801", office[:3], 25_000),
        RingGroupInfo(1, "Back office", "7802", office[4:], 25_000),
        RingGroupInfo(2, "Night line", "7803", (office[0], office[3], office[6]), 40_000),
    )
    ivrs, queue_keys = _menus(queues, office[0])
    dids, queue_dids = _dids(queues, agents, ivrs, groups, extensions)
    return Directory(
        trunks,
        dids,
        dods,
        ivrs,
        groups,
        extensions,
        _teams(queues, agents, extensions),
        (AGENT_ROLE, "Team leads", "Reception", "Management", "Back office"),
        (*(PauseReason(*each) for each in _REASONS), PauseReason("Coaching", "*06"), PauseReason("No Answer", "")),
        names.ACCOUNT_CODES,
        names.TAGS,
        _rates(trunks),
        tuple(_settings(queue, queues, rng) for queue in queues),
        (
            SurveyQuestion("1", "How satisfied are you with this call?", 1, 5),
            SurveyQuestion("2", "Was your question answered? (1 yes, 2 no)", 1, 2),
        ),
        queue_dids,
        queue_keys,
    )


def _extensions(agents: Sequence[AgentInfo], dods: Sequence[DodInfo]) -> tuple[ExtensionInfo, ...]:
    made = [
        ExtensionInfo(
            agent.index,
            agent.extension,
            agent.name,
            agent.index,
            "Team leads" if agent.index % 12 == 7 else AGENT_ROLE,
            agent.index % len(dods),
        )
        for agent in agents
    ]
    for number, (name, role) in enumerate(_OFFICE):
        made.append(ExtensionInfo(len(made), str(101 + number), name, -1, role, 0))
    return tuple(made)


def _menus(queues: Sequence[QueueInfo], reception: int) -> tuple[tuple[IvrInfo, ...], tuple[tuple[int, str], ...]]:
    """Two menus for each block of queues; give them, and by queue the main menu and key that lead to it."""
    menus: list[IvrInfo] = []
    keys_of: list[tuple[int, str]] = []
    for first in range(0, len(queues), PER_MENU):
        block = queues[first : first + PER_MENU]
        number = first // PER_MENU
        main, second = len(menus), len(menus) + 1
        keys = tuple(IvrKey(str(place), "queue", queue.index) for place, queue in enumerate(block, 1))
        more = (IvrKey("8", "ring_group", number % 3), IvrKey("9", "ivr", second), IvrKey("0", "extension", reception))
        menus.append(IvrInfo(main, f"Main menu {number + 1}", str(7001 + main), 6000, keys + more))
        menus.append(IvrInfo(second, f"Second menu {number + 1}", str(7001 + second), 6000, keys))
        keys_of += [(main, key.key) for key in keys]
    return tuple(menus), tuple(keys_of)


def _dids(
    queues: Sequence[QueueInfo],
    agents: Sequence[AgentInfo],
    ivrs: Sequence[IvrInfo],
    groups: Sequence[RingGroupInfo],
    extensions: Sequence[ExtensionInfo],
) -> tuple[tuple[DidInfo, ...], tuple[int, ...]]:
    """Numbers for the main menus, each queue, each ring group, each office phone, and the first agents."""
    wanted = [(each.name, "ivr", each.index, 0) for each in ivrs[::2]]
    first_queue = len(wanted)
    wanted += [(f"{each.name} direct", "queue", each.index, 1) for each in queues]
    wanted += [(each.name, "ring_group", each.index, 2) for each in groups]
    direct = [*extensions[len(agents) :], *extensions[: min(DIRECT_NUMBERS, len(agents))]]
    wanted += [(each.name, "extension", each.index, each.index % 2) for each in direct]
    dids = tuple(
        DidInfo(
            index,
            _number(index),
            name,
            trunk,
            kind,
            target,
            names.TAGS[index % len(names.TAGS)],
            f"https://crm.example/pop/{kind}/{target + 1}",
        )
        for index, (name, kind, target, trunk) in enumerate(wanted)
    )
    return dids, tuple(range(first_queue, first_queue + len(queues)))


def _number(index: int) -> str:
    """A number nobody has: ranges that the regulator keeps free for drama."""
    areas = ("1632 960", "191 498 0", "113 496 0", "114 496 0", "121 496 0", "118 496 0", "151 496 0")
    if index < 900:
        return f"+44 {areas[0]}{index:03d}"
    lap, rest = divmod(index - 900, 1000)
    return f"+44 {areas[1 + lap % 6]}{rest:03d}" + ("" if lap < 6 else f" {lap // 6}")


def _teams(
    queues: Sequence[QueueInfo], agents: Sequence[AgentInfo], extensions: Sequence[ExtensionInfo]
) -> tuple[ExtensionGroup, ...]:
    """Teams of about twelve agents, and everybody outside the queues."""
    count = max(1, min(40, len(agents) // 12))
    teams = [
        ExtensionGroup(number, f"Team {number + 1}", tuple(range(number, len(agents), count)))
        for number in range(count)
    ]
    office = tuple(each.index for each in extensions[len(agents) :])
    return (*teams, ExtensionGroup(count, "Office", office))


def _rates(trunks: Sequence[TrunkInfo]) -> tuple[Rate, ...]:
    made: list[Rate] = []
    for trunk in trunks:
        for prefix, name, per_minute in _PREFIXES:
            block = 60 if trunk.index == 0 else 1
            made.append(
                Rate(len(made), trunk.index, prefix, name, 50 * trunk.index, per_minute + 35 * trunk.index, block)
            )
        made.append(Rate(len(made), trunk.index, "+49301", "Berlin special", 100, 240, 60))
    return tuple(made)


def _settings(queue: QueueInfo, queues: Sequence[QueueInfo], rng: Random) -> QueueSettings:
    style = queue.index % 3
    target = (queue.index + 1) % len(queues)
    kind = ("queue", "hangup", "voicemail")[style]
    if kind == "queue" and (len(queues) < 3 or queue.rare or queues[target].rare):
        kind = "voicemail"
    return QueueSettings(
        SLA_MS,
        {"queue": 110_000, "hangup": 300_000, "voicemail": 480_000}[kind],
        20_000,
        rng.choice(("least_recent", "rrmemory", "fewest_calls")),
        kind,
        target if kind == "queue" else -1,
        None if queue.index % 4 == 3 else "*",
        None if queue.index % 5 == 4 else "2",
        queue.index % 4 != 2,
        queue.index % 2 == 0,
    )
