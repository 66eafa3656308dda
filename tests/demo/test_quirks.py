"""Quirks from the command line: each habit can be switched on for a whole run."""

from __future__ import annotations

import pytest

from console.demo.main import start
from console.demo.options import Options, UsageError, parse
from console.demo.quirks import read_quirks
from console.demo.servers.asternic_quirks import Quirks as AsternicQuirks
from console.demo.servers.yeastar_quirks import Quirks as YeastarQuirks


def test_values_take_the_type_of_the_default() -> None:
    wanted = ("asternic.clock_times=true", "asternic.missing=calls, agents", "asternic.copy_s=2.5")
    wanted += ("yeastar.page_limit=7", "yeastar.is_12_hour=off")
    given = parse([word for quirk in wanted for word in ("--quirk", quirk)]).quirks
    asternic = read_quirks("asternic", AsternicQuirks, given)
    assert (asternic.clock_times, asternic.missing, asternic.copy_s) == (True, ("calls", "agents"), 2.5)
    yeastar = read_quirks("yeastar", YeastarQuirks, given)
    assert (yeastar.page_limit, yeastar.is_12_hour, yeastar.has_v2) == (7, False, True)


@pytest.mark.parametrize(
    ("quirk", "words"),
    [
        ("nonsense", "asternic.clock_times=true"),
        ("avaya.bom=true", "asternic, xima, yeastar"),
        ("asternic.colour=red", "clock_times"),
        ("asternic.bom=perhaps", "true or false"),
        ("yeastar.page_limit=many", "number"),
        ("yeastar.date_format=stardate", "DD/MM/YYYY"),
        ("asternic.generation=9", "1, 2 or 3"),
    ],
)
async def test_what_cannot_be_is_said_in_a_sentence(quirk: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        async with start(Options(queues=2, agents=3, quirks=(quirk,))):
            pass


async def test_a_server_starts_with_its_habits() -> None:
    options = Options(queues=2, agents=3, manual=True, quirks=("yeastar.has_v2=false", "asternic.percent_sign=yes"))
    async with start(options) as demo:
        assert demo.server("yeastar").quirks.has_v2 is False  # type: ignore[attr-defined]
        assert demo.server("asternic").quirks.percent_sign is True  # type: ignore[attr-defined]
