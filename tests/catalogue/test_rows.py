"""Every row of the fault catalogue has a test of its name, or a reason why there is none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]

# row, in our own words
ROWS = {
    "RT-01": "the shipped Python and Qt turn the loop without losing references",
    "RT-02": "an exception in a slot, a model, a painting, a thread or a task is logged once and told once",
    "RT-03": "short requests under long limits leave no timers behind",
    "RT-04": "quitting with hanging requests is quick and silent",
    "RT-05": "data flows on while a dialog is open",
    "RT-06": "hammered refreshes and switches: one call in flight, the last choice counts",
    "UI-01": "markup in names and in a server's words is shown to the letter",
    "UI-05": "direction marks, invisible characters and piled-up marks do no harm",
    "UI-06": "an ampersand stays visible in every kind of widget",
    "UI-07": "a name of a megabyte is cut on entry",
    "UI-08": "markup in desktop notifications",
    "UI-09": "hundreds of background faults are one line per profile and never a box",
    "DS-01": "every character set is read, and a guess is said",
    "DS-02": "damaged JSON is repaired as documented and flagged, or refused",
    "DS-03": "a reply of status 200 that is none keeps the last values with their age",
    "DS-04": "every spelling of an empty list means empty, and a missing one unknown",
    "DS-05": "one grammar of numbers; everything else is unknown",
    "DS-07": "deep nesting costs one reply",
    "DS-08": "doubled keys and people of one name are told apart",
    "DS-10": "values without type, of no calls, or below zero are unknown",
    "DS-11": "values that never warm up are said, and nobody polls faster for them",
    "DS-12": "figures are mapped by name in any order and never guessed",
    "DS-13": "a business code under status 200 is an error and no data",
    "DS-14": "damaged and cut replies never invent a number",
    "HT-01": "a packed bomb is stopped at the limit",
    "HT-02": "stacked, unknown or broken packing is refused",
    "HT-03": "a dripping body ends at the deadline",
    "HT-04": "endless headers are given up",
    "HT-05": "of a cut answer nothing is believed",
    "HT-06": "an endless body is stopped at the limit",
    "HT-07": "refused ports, black holes and names that cannot be looked up are named and cost no neighbour",
    "HT-08": "a restarting server heals and is never taken for a wrong key",
    "HT-10": "a network that asks for a sign-in is named and forgotten",
    "HT-11": "a connection closed as it was used again is never seen",
    "HT-12": "the answer to another question is refused",
    "TL-01": "a certificate of its own gets no byte until a person trusts it",
    "TL-03": "a pinned certificate that changes stops everything for that profile",
    "TL-04": "an expired pinned certificate goes on with a remark",
    "TL-06": "company authorities are trusted, unknown ones named",
    "TL-08": "TLS keys are not logged though the environment asks for it",
    "TL-09": "plain http, wrong names, old protocols and weak keys",
    "TL-10": "the pin is checked before the first byte of a request",
    "SE-01": "no canary anywhere after a whole run at DEBUG",
    "SE-03": "libraries at DEBUG leak nothing",
    "SE-04": "a secret the server echoes is masked by value",
    "SE-05": "short, common and odd secrets neither leak nor blank the log",
    "SE-07": "one event is one line of log",
    "SE-09": "absent, locked, dead and hanging secret stores",
    "SE-10": "secrets that are too long, empty, or in any script",
    "SE-11": "a keychain that refuses is no wrong password",
    "SE-12": "foreign secret stores are refused",
    "SE-13": "secrets follow their profile and no other server",
    "FL-02": "no redirect is followed with a secret",
    "FL-04": "files are written whole or not at all, and never take the place of another",
    "FL-05": "an expired link, a page or a notice is never saved as a report",
    "FL-07": "no text of a caller or agent becomes a formula",
    "FL-08": "an archive is kept as it came and never unpacked",
    "AU-01": "a token that expires mid-run is renewed once, unseen",
    "AU-03": "a rejected refresh ends in one sign-in, then in waiting for a person",
    "AU-04": "each refusal has its own sentence, and one metric costs no other",
    "AU-05": "a demanded pause is a minimum for every call of the host",
    "AU-06": "no Retry-After stops the loop or makes it spin",
    "AU-07": "credentials of strange characters arrive byte for byte",
    "WS-01": "a silent peer is found in time",
    "WS-03": "what cannot be a message costs the connection only",
    "WS-04": "of a flood the newest values are shown, a few times a second",
    "WS-05": "close codes and refused handshakes: some stop, others back off, polls go on",
    "WS-06": "a server that blinks is not hammered",
    "WS-07": "after a gap everything is read before changes are shown",
    "TM-01": "durations tick by the server's clock, however wrong it is",
    "TM-02": "a wall clock that is set moves no pause, limit or age",
    "TM-03": "after sleep nothing looks fresh until it is, and everything starts anew",
    "TM-04": "days of 23 and 25 hours in report ranges",
    "TM-05": "servers in other zones with clocks of their own",
    "TM-07": "impossible moments are unknown",
    "TM-08": "a window hidden for an hour shows its age first",
    "SC-01": "ten thousand agents that all change",
    "SC-02": "large replies are taken apart off the loop's thread",
    "SC-03": "queues come and go while selection and scroll stay",
    "SC-04": "a thousand metrics are asked for in short addresses",
    "SC-05": "hours with a fault every five minutes leave nothing behind",
}

# rows about what the program does not have yet
NOT_YET: dict[str, str] = {}

_TEST = re.compile(r"def test((?:_[a-z]{2}_\d{2})+)_\w+")


def named_rows() -> set[str]:
    """Rows named by tests; one test may name several."""
    found: set[str] = set()
    for path in TESTS.rglob("test_*.py"):
        for names in _TEST.findall(path.read_text(encoding="utf-8")):
            found |= {f"{group.upper()}-{number}" for group, number in re.findall(r"_([a-z]{2})_(\d{2})", names)}
    return found


@pytest.mark.parametrize("row", [row for row in ROWS if row not in NOT_YET])
def test_a_row_has_a_test_of_its_name(row: str) -> None:
    assert row in named_rows(), ROWS[row]


def test_a_row_is_left_out_for_a_reason_only() -> None:
    assert set(NOT_YET) <= set(ROWS)
    assert all(NOT_YET.values())
    assert not named_rows() & set(NOT_YET), "there is a test now: take the reason out"


def test_no_test_names_a_row_nobody_knows() -> None:
    ours = {group for row in ROWS for group in [row[:2]]}
    assert {row for row in named_rows() if row[:2] in ours} <= set(ROWS)
