"""The site: its queues, its agents, who serves what. Fixed for the life of a world."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from console.demo.world import names
from console.demo.world.directory import Directory
from console.demo.world.directory_build import build_directory

RARE_EVERY_HOURS = 30.0
"""Mean time between calls of the rarely called queue."""


@dataclass(frozen=True, slots=True)
class QueueInfo:
    """One queue: its name, its extension, its mean talk time and after-call work in ms."""

    index: int
    name: str
    extension: str
    talk_ms: float
    wrap_ms: float
    rare: bool


@dataclass(frozen=True, slots=True)
class AgentInfo:
    """One agent; ``key`` is display name and extension as vendors print it, e.g. ``Ben Keller(214)``."""

    index: int
    name: str
    extension: str
    queues: tuple[int, ...]

    @property
    def key(self) -> str:
        """Name and extension, which together are unique."""
        return f"{self.name}({self.extension})"


@dataclass(frozen=True)
class Site:
    """Everything about the floor that no event changes."""

    seed: int
    queues: tuple[QueueInfo, ...]
    agents: tuple[AgentInfo, ...]
    numbers: tuple[str, ...]
    caller_names: dict[str, str]
    members: tuple[tuple[int, ...], ...]
    directory: Directory
    queue_names: list[str] = field(default_factory=list)
    agent_keys: list[str] = field(default_factory=list)


def build_site(seed: int, queues: int, agents: int) -> Site:
    """Make a site. The same arguments always give the same site."""
    rng = Random(f"site/{seed}/{queues}/{agents}")
    queue_infos = _queues(queues, rng)
    agent_infos = _agents(agents, queue_infos, rng)
    members: list[list[int]] = [[] for _ in range(queues)]
    for agent in agent_infos:
        for queue in agent.queues:
            members[queue].append(agent.index)
    numbers = names.caller_numbers(rng)
    known = sorted({number for number in numbers if number != "Anonymous"})
    callers = {number: rng.choice(names.CALLER_NAMES) for number in rng.sample(known, len(known) // 3)}
    return Site(
        seed,
        tuple(queue_infos),
        tuple(agent_infos),
        tuple(numbers),
        callers,
        tuple(tuple(of_queue) for of_queue in members),
        build_directory(seed, queue_infos, agent_infos),
        [queue.name for queue in queue_infos],
        [agent.key for agent in agent_infos],
    )


def _queues(count: int, rng: Random) -> list[QueueInfo]:
    rare = min(count, len(names.QUEUES)) - 1 if count > 1 else -1
    return [
        QueueInfo(
            index, name, f"{index + 6001}", rng.uniform(150, 300) * 1000, rng.uniform(20, 50) * 1000, index == rare
        )
        for index, name in enumerate(names.queue_names(count))
    ]


def _agents(count: int, queues: list[QueueInfo], rng: Random) -> list[AgentInfo]:
    display = names.agent_names(count, rng)
    first = 201 if count <= 700 else 20001
    busy = [queue.index for queue in queues if not queue.rare]
    rare = [queue.index for queue in queues if queue.rare]
    spread = len(busy)
    agents = []
    for index in range(count):
        # every queue gets its share of main agents; neighbours are served too, so that skills overlap
        main = busy[index % spread]
        skills = {main}
        for _ in range(rng.choice((1, 1, 2, 2, 3))):
            skills.add(busy[(index + rng.choice((-3, -2, -1, 1, 2, 3))) % spread])
        if rare and rng.random() < min(0.1, 20 / count):
            skills.add(rare[0])
        agents.append(AgentInfo(index, display[index], str(first + index), tuple(sorted(skills))))
    if rare and not any(rare[0] in agent.queues for agent in agents):
        agents[0] = AgentInfo(0, agents[0].name, agents[0].extension, tuple(sorted({*agents[0].queues, rare[0]})))
    return agents
