"""Damaged replies without end: ``python3 packaging/run.py fuzz --count N [--adapter ID] [--seed S]``."""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from console.vendors.registry import backends
from tests.fuzz.adapter import Seeds, from_memory, judge, seeds_of
from tests.fuzz.mutate import mutated

SHOWN = 5  # faults printed in full


@dataclass
class Run:
    """What came of a run over one adapter."""

    outcomes: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def fuzz(backend: str, count: int, seed: int) -> Run:
    """Damage `count` replies of an adapter; the same seed damages them in the same way."""
    seeds = seeds_of(backend)
    with from_memory(seeds):
        return asyncio.run(_fuzz(seeds, backend, count, seed))


async def _fuzz(seeds: Seeds, backend: str, count: int, seed: int) -> Run:
    run = Run()
    for number in range(count):
        dice = random.Random(f"{backend}/{seed}/{number}")
        kind = seeds.kinds[number % len(seeds.kinds)]
        body = mutated(seeds.body(kind), dice)
        verdict = await judge(seeds, backend, kind, body)
        run.outcomes[verdict.outcome] += 1
        if verdict.fault:
            run.faults.append(f"{backend} {kind} #{number} (seed {seed}): {verdict.fault}\n    {body[:400]!r}")
    return run


def main(arguments: Sequence[str]) -> int:
    """The command; 0 when nothing was found."""
    known = list(backends())
    parser = argparse.ArgumentParser(prog="run.py fuzz", description="Feed damaged replies to the adapters.")
    parser.add_argument("--count", type=int, default=10_000, help="replies per adapter")
    parser.add_argument("--adapter", choices=known, action="append", help="only this one; may be repeated")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="for the same damage again")
    options = parser.parse_args(arguments)
    code = 0
    for backend in options.adapter or known:
        began = time.monotonic()
        run = fuzz(backend, options.count, options.seed)
        outcomes = ", ".join(f"{count} {name}" for name, count in sorted(run.outcomes.items()))
        took = time.monotonic() - began
        print(f"{backend}: {outcomes}; {len(run.faults)} faults; seed {options.seed}; {took:.1f} s", flush=True)
        for fault in run.faults[:SHOWN]:
            print(f"  {fault}")
        code = 1 if run.faults else code
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
