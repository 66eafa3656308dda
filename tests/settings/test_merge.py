"""PS-04: two copies of the console save into one file."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from console.domain.profile import Profile
from console.settings import profiles as ops
from console.settings.merge import merge, to_body
from console.settings.schema import General, Settings, decode_settings
from console.settings.store import SettingsStore

from .faults import profile, settings_of


def two_copies(path: Path, *names: str) -> tuple[SettingsStore, SettingsStore, Settings]:
    SettingsStore(path).save(settings_of(*names))
    one, other = SettingsStore(path), SettingsStore(path)
    assert one.load() == other.load()
    return one, other, settings_of(*names)


def edited(settings: Settings, name: str, **changes: object) -> Settings:
    target = ops.find(settings.profiles, name)
    return replace(settings, profiles=ops.replace(settings.profiles, replace(target, **changes)))  # type: ignore[arg-type]


def test_ps_04_changes_of_different_profiles_both_survive(tmp_path: Path) -> None:
    one, other, start = two_copies(tmp_path / "s.json", "a", "b")
    one.save(edited(start, "a", enabled=False))
    report = other.save(edited(start, "b", poll_s=30.0))
    assert report.messages == ()
    final = SettingsStore(tmp_path / "s.json").load().settings
    assert final == report.settings == edited(edited(start, "a", enabled=False), "b", poll_s=30.0)


def test_ps_04_for_the_same_profile_the_newest_save_wins_and_its_owner_is_told(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    one, other, start = two_copies(path, "a")
    one.save(edited(start, "a", poll_s=10.0))
    report = other.save(edited(start, "a", poll_s=20.0))
    assert [m.code for m in report.messages] == ["settings.merged"]
    assert SettingsStore(path).load().settings.profiles[0].poll_s == 20.0
    assert json.loads(path.read_text())["profiles"][0]["revision"] == 3


def test_ps_04_the_same_change_on_both_sides_is_no_conflict(tmp_path: Path) -> None:
    one, other, start = two_copies(tmp_path / "s.json", "a")
    one.save(edited(start, "a", enabled=False))
    assert other.save(edited(start, "a", enabled=False)).messages == ()


def test_ps_04_both_add_remove_and_reorder(tmp_path: Path) -> None:
    one, other, start = two_copies(tmp_path / "s.json", "a", "b", "c")
    one.save(replace(start, profiles=(*start.profiles[1:], profile("d"))))
    report = other.save(replace(start, profiles=(profile("c"), profile("a"), profile("b"), profile("e"))))
    assert [p.name for p in report.settings.profiles] == ["c", "b", "e", "d"]


def test_ps_04_what_was_removed_here_and_changed_there_is_kept_and_told(tmp_path: Path) -> None:
    one, other, start = two_copies(tmp_path / "s.json", "a", "b")
    one.save(edited(start, "a", enabled=False))
    report = other.save(replace(start, profiles=start.profiles[1:]))
    assert [m.code for m in report.messages] == ["settings.kept"]
    assert {p.name for p in report.settings.profiles} == {"a", "b"}


def test_ps_04_two_new_profiles_of_one_name_get_two_names(tmp_path: Path) -> None:
    one, other, start = two_copies(tmp_path / "s.json", "a")
    mine = profile("New")
    theirs = replace(profile("new"), id=ops.new_id())
    one.save(replace(start, profiles=(*start.profiles, theirs)))
    report = other.save(replace(start, profiles=(*start.profiles, mine)))
    assert [m.code for m in report.messages] == ["settings.renamed"]
    assert sorted(p.name for p in report.settings.profiles) == ["New (2)", "a", "new"]


def test_ps_04_preferences_are_merged_one_by_one(tmp_path: Path) -> None:
    one, other, start = two_copies(tmp_path / "s.json", "a")
    one.save(replace(start, general=General(theme="dark")))
    report = other.save(replace(start, general=General(density="compact")))
    assert report.settings.general == General(theme="dark", density="compact")


def test_ps_04_a_copy_that_went_on_from_its_report_removes_nothing(tmp_path: Path) -> None:
    one, other, start = two_copies(tmp_path / "s.json", "a")
    one.save(replace(start, profiles=(*start.profiles, profile("b"))))
    after = other.save(edited(start, "a", enabled=False)).settings
    assert {p.name for p in other.save(edited(after, "a", enabled=True)).settings.profiles} == {"a", "b"}


def test_a_duplicate_keeps_its_place_behind_the_original(tmp_path: Path) -> None:
    one, _, start = two_copies(tmp_path / "s.json", "a", "b")
    changed, copy = ops.duplicate(start.profiles, start.profiles[0].id)
    assert [p.id for p in one.save(replace(start, profiles=changed)).settings.profiles] == ["id-a", copy.id, "id-b"]


CHILD = """
import sys
from dataclasses import replace
from pathlib import Path
from console.settings import profiles as ops
from console.settings.store import SettingsStore

store, mine = SettingsStore(Path(sys.argv[1])), sys.argv[2]
settings = store.load().settings
for number in range(1, 16):
    target = ops.find(settings.profiles, mine)
    changed = replace(target, fields={"number": str(number)})
    settings = store.save(replace(settings, profiles=ops.replace(settings.profiles, changed))).require()
"""


def test_ps_04_two_processes_saving_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    SettingsStore(path).save(settings_of("a", "b"))
    children = [subprocess.Popen([sys.executable, "-c", CHILD, str(path), name]) for name in "ab"]
    assert [child.wait(60) for child in children] == [0, 0]
    document = json.loads(path.read_text())
    assert [entry["fields"]["number"] for entry in document["profiles"]] == ["15", "15"]
    assert document["revision"] == 31


def test_update_starts_from_what_the_file_holds_now(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    one, other, _ = two_copies(path, "a")
    for store, name in ((one, "b"), (other, "c")):
        report = store.update(lambda now, name=name: replace(now, profiles=ops.add(now.profiles, profile(name))))
        assert report.saved
    assert [p.name for p in SettingsStore(path).load().settings.profiles] == ["a", "b", "c"]


names = st.sampled_from("abcdef")
some_settings = st.builds(
    lambda order, flags: Settings(tuple(profile(n, enabled=flags.get(n, True)) for n in order)),
    st.lists(names, unique=True),
    st.dictionaries(names, st.booleans()),
)


@given(some_settings, some_settings, some_settings)
def test_a_merge_loses_no_change_that_only_one_side_made(base: Settings, mine: Settings, theirs: Settings) -> None:
    def view(settings: Settings) -> dict[str, Profile]:
        return {p.id: p for p in settings.profiles}

    old, ours, other, result = view(base), view(mine), view(theirs), view(merge(base, mine, theirs).settings)
    for key in {*old, *ours, *other}:
        if other.get(key) == old.get(key):
            assert result.get(key) == ours.get(key)
        if ours.get(key) == old.get(key):
            assert result.get(key) == other.get(key)
    if mine == base:
        assert result == other
    assert merge(base, mine, mine).settings == mine


texts = st.text(max_size=20)
full_profiles = st.builds(
    Profile,
    id=st.uuids().map(str),
    name=st.text(min_size=1, max_size=20),
    backend=st.text(min_size=1, max_size=8),
    url=st.text(min_size=1, max_size=30),
    enabled=st.booleans(),
    fields=st.dictionaries(texts, texts, max_size=3),
    mapping=st.dictionaries(texts, texts, max_size=3),
    pin=texts,
    ca_file=texts,
    allow_plain_http=st.booleans(),
    proxy=texts,
    poll_s=st.floats(1.0, 3600.0),
)
full_settings = st.builds(
    Settings,
    st.lists(full_profiles, max_size=4, unique_by=lambda p: p.id).map(tuple),
    st.builds(General, st.sampled_from(["system", "dark"]), st.sampled_from(["compact", "roomy"])),
)


@given(full_settings)
def test_settings_come_back_from_disk_as_they_were(settings: Settings) -> None:
    from console.settings.files import decode_document, encode_document

    body, version, revision = decode_document(encode_document(to_body(settings, None), 1, 7))
    assert (decode_settings(body), version, revision) == (settings, 1, 7)
