"""Every kind of reply of every adapter, cut at every byte: refused, or nothing wrong in what is shown."""

from __future__ import annotations

import asyncio

import pytest

from console.domain.errors import ConsoleError
from console.domain.values import Origin, Reading, Status
from console.vendors.registry import backends
from tests.fuzz.adapter import Seeds, from_memory, readings, seeds_of, snapshot

KINDS = [(backend, kind) for backend in backends() for kind in seeds_of(backend).kinds]


def shown(found: dict[str, Reading]) -> dict[str, object]:
    """What is shown as the vendor's word, by place; what the console measures itself needs no reply."""
    return {
        place: (each.value, each.rate, each.unit)
        for place, each in found.items()
        if each.status is Status.OK and each.origin is not Origin.COMPUTED
    }


async def cut_everywhere(seeds: Seeds, backend: str, kind: str) -> tuple[int, list[str]]:
    """How many cuts were refused, and what was wrong."""
    whole = shown(dict(readings(await snapshot(seeds, backend, seeds.answers))))
    assert whole, "the seed itself must show something"
    body = seeds.answers[kind]
    refused, faults = 0, []
    for cut in range(len(body)):
        try:
            found = shown(dict(readings(await snapshot(seeds, backend, {**seeds.answers, kind: body[:cut]}))))
        except ConsoleError:
            refused += 1
            continue
        labels = {place for place in found if isinstance(found[place][0], str)}  # type: ignore[index]
        wrong = {place: value for place, value in found.items() if place not in labels and whole.get(place) != value}
        if wrong:
            faults.append(f"{cut} bytes: {wrong}")
    return refused, faults


@pytest.mark.parametrize(("backend", "kind"), KINDS, ids=[f"{backend} {kind}" for backend, kind in KINDS])
@pytest.mark.allow_warnings
def test_a_reply_cut_at_any_byte_shows_no_wrong_number(backend: str, kind: str) -> None:
    seeds = seeds_of(backend)
    if kind in seeds.seams:
        body, absorb = seeds.seams[kind]
        for cut in range(len(body)):
            with pytest.raises(ConsoleError):
                list(absorb(body[:cut]))
        return
    with from_memory(seeds):
        refused, faults = asyncio.run(cut_everywhere(seeds, backend, kind))
    assert faults == []
    if kind in ("metrics", "values", "realtime", "get_token", "queue/list"):
        assert refused == len(seeds.answers[kind]), "what all else depends on is refused as a whole"
