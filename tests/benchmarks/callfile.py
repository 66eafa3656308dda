"""A large file of calls as a server would send it: 1,000,000 rows x 12 columns, about 137 MB, the same for a seed."""

from __future__ import annotations

import random
from pathlib import Path

HEADER = (
    "Call ID",
    "Start Time",
    "Queue",
    "Agent",
    "Caller",
    "Group",
    "Outcome",
    "Note",
    "Calls",
    "Wait",
    "Talk",
    "Service Level",
)
TEXTS = (2, 3, 4, 5, 6, 7)  # the six text columns a filter looks into
ROWS = 1_000_000
_BLOCK = 50_000
_WORDS = (
    "invoice",
    "delivery",
    "callback",
    "refund",
    "address",
    "change",
    "order",
    "late",
    "missing",
    "damaged",
    "question",
    "about",
    "contract",
    "renewal",
    "transfer",
    "second",
    "line",
    "technician",
    "appointment",
    "moved",
    "again",
    "customer",
    "asked",
    "for",
    "manager",
    "voicemail",
    "left",
    "no",
    "answer",
)
_OUTCOMES = ("Answered", "Abandoned", "Voicemail", "Transferred", "Overflow", "Callback requested")


def write_calls(path: Path, rows: int = ROWS, seed: int = 7) -> int:
    """Write `rows` made-up calls as CSV; returns the file's size in bytes."""
    dice = random.Random(seed)
    agents = [f"{first} {last}" for first in _FIRST for last in _LAST]
    queues = [f"{kind} {number}" for kind in ("Support", "Sales", "Billing", "Service desk") for number in range(1, 26)]
    notes = [" ".join(dice.choices(_WORDS, k=3)) for _ in range(5_000)]
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(HEADER) + "\n")
        for start in range(0, rows, _BLOCK):
            file.write("".join(_row(dice, n, agents, queues, notes) for n in range(start, min(rows, start + _BLOCK))))
    return path.stat().st_size


def _row(dice: random.Random, number: int, agents: list[str], queues: list[str], notes: list[str]) -> str:
    draw = int(dice.random() * 2**53)
    second, wait, talk = draw % 86_400, draw % 1_201, draw % 5_400
    return (
        f"{1_470_000_000 + number},2016-08-{1 + number * 28 // ROWS % 28:02d} "
        f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d},{queues[draw % len(queues)]},"
        f"{agents[draw % len(agents)]},+4930{draw % 10**7:07d},Team {draw % 37},{_OUTCOMES[draw % 6]},"
        f'"{notes[draw % len(notes)]}, {draw % 99_991}",{draw % 250},{wait // 60}:{wait % 60:02d},'
        f"{talk // 3600}:{talk // 60 % 60:02d}:{talk % 60:02d},{draw % 10_001 / 100:.2f}%\n"
    )


_FIRST = (
    "Ada",
    "Ben",
    "Cleo",
    "Dan",
    "Eva",
    "Finn",
    "Gus",
    "Hana",
    "Ivo",
    "Jana",
    "Kai",
    "Lena",
    "Max",
    "Nora",
    "Otto",
    "Paul",
    "Rosa",
    "Sven",
    "Tara",
    "Uwe",
)
_LAST = (
    "Albers",
    "Brandt",
    "Conrad",
    "Dietz",
    "Ernst",
    "Fuchs",
    "Graf",
    "Hahn",
    "Ihle",
    "Jung",
    "Klein",
    "Lang",
    "Marx",
    "Noll",
    "Ott",
    "Pohl",
    "Rau",
    "Seitz",
)
