"""Zone and first day of the week: kept, checked, exported, and read tolerantly."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from console.domain.errors import UserError
from console.domain.model import ProfileId
from console.domain.profile import Profile
from console.settings import profiles as book
from console.settings.checks import check_profile, check_week_start, check_zone, profile_problems
from console.settings.schema import SchemaError, decode_profile, encode_profile

PROFILE = Profile(ProfileId("p"), "Site", "fake", "https://pbx.example", site_zone="America/New_York", week_start=6)


def test_they_survive_disk_export_and_import() -> None:
    assert decode_profile(encode_profile(PROFILE)) == PROFILE
    _, (added,) = book.import_profiles(book.export_profiles((PROFILE,)), (), path="x")
    assert (added.site_zone, added.week_start) == ("America/New_York", 6)


def test_a_file_without_them_or_with_a_strange_day_is_read() -> None:
    entry = encode_profile(PROFILE)
    del entry["site_zone"], entry["week_start"]
    plain = decode_profile(entry)
    assert (plain.site_zone, plain.week_start) == ("", 0)
    for day in (7, -1, 2.5):
        assert decode_profile({**entry, "week_start": day}).week_start == 0
    for wrong in ({"week_start": "monday"}, {"week_start": True}, {"site_zone": 3}):
        with pytest.raises(SchemaError):
            decode_profile({**entry, **wrong})


@pytest.mark.parametrize(("text", "day"), [("monday", 0), ("Sun", 6), ("sa", 5), ("3", 3), (4, 4)])
def test_a_day_is_named_or_numbered(text: str | int, day: int) -> None:
    assert check_week_start(text) == day


@pytest.mark.parametrize("text", ["", "s", "7", "someday", -1, 7])
def test_what_is_no_day_is_refused(text: str | int) -> None:
    with pytest.raises(UserError, match="monday"):
        check_week_start(text)


def test_a_zone_is_spelt_as_the_data_spell_it() -> None:
    assert check_zone(" europe/berlin ") == "Europe/Berlin"
    assert check_zone("") == ""
    with pytest.raises(UserError, match="no time zone Berlin"):
        check_zone("Berlin")
    wrong = replace(PROFILE, site_zone="Mars/Olympus", week_start=9)
    assert [problem.field for problem in profile_problems(wrong)] == ["site_zone", "week_start"]
    assert check_profile(replace(PROFILE, site_zone="utc")).site_zone == "UTC"


def test_an_imported_profile_with_a_wrong_zone_is_refused() -> None:
    text = json.loads(book.export_profiles((PROFILE,)))
    text["profiles"][0]["site_zone"] = "Nowhere"
    with pytest.raises(UserError, match="site_zone"):
        book.import_profiles(json.dumps(text), (), path="x")
