"""Profiles as pure operations: names, addresses, pins, mappings, export and import; SE-13's pure half."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.errors import UserError
from console.domain.messages import english
from console.domain.profile import Profile
from console.settings import profiles as ops
from console.settings.addresses import normalise_proxy, normalise_url, split_origin
from console.settings.checks import (
    check_fields,
    check_name,
    check_poll,
    check_profile,
    field_problems,
    mapping_key,
    normalise_pin,
    parse_mapping,
    profile_problems,
)

from .faults import profile

THREE = (profile("North"), profile("South"), profile("West"))


def names(profiles: tuple[Profile, ...]) -> list[str]:
    return [p.name for p in profiles]


def refused(code: str, call: object, *args: object, **kwargs: object) -> UserError:
    with pytest.raises(UserError) as caught:
        call(*args, **kwargs)  # type: ignore[operator]
    assert caught.value.message.code == code
    assert english(caught.value.message)
    return caught.value


def test_profiles_are_found_by_name_in_any_case_and_by_id() -> None:
    assert ops.find(THREE, " NORTH ").name == "North"
    assert ops.find(THREE, "id-West").name == "West"
    assert "North, South, West" in str(refused("profile.unknown", ops.find, THREE, "East"))
    assert "none" in str(refused("profile.unknown", ops.find, (), "East"))


def test_names_are_unique_without_regard_to_case() -> None:
    refused("profile.exists", ops.add, THREE, profile("NORTH"))
    refused("profile.exists", ops.replace, THREE, replace(THREE[0], name="south"))
    refused("profile.exists", ops.add, (profile("Straße"),), profile("STRASSE"))
    refused("profile.exists", ops.add, THREE, replace(THREE[0], name="Other"))
    assert names(ops.replace(THREE, replace(THREE[0], name="NORTH"))) == ["NORTH", "South", "West"]


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "a\nb", "a\x00b", "a\u202eb", "\u200b"])
def test_names_have_visible_characters(name: str) -> None:
    refused("profile.name", check_name, name)
    refused("profile.name", ops.add, (), profile("ok", name=name))


def test_a_name_loses_outer_spaces() -> None:
    assert names(ops.add((), profile("a", name="  Zürich 1 "))) == ["Zürich 1"]


def test_replace_remove_enable() -> None:
    assert ops.replace(THREE, replace(THREE[1], url="https://b"))[1].url == "https://b"
    assert names(ops.remove(THREE, THREE[1].id)) == ["North", "West"]
    assert not ops.set_enabled(THREE, THREE[0].id, False)[0].enabled
    for call in (ops.remove, ops.find_id, ops.duplicate):
        refused("profile.unknown", call, THREE, "nobody")
    refused("profile.unknown", ops.replace, THREE, profile("nobody"))


def test_a_duplicate_has_its_own_id_and_name() -> None:
    profiles, copy = ops.duplicate(THREE, THREE[0].id)
    assert names(profiles) == ["North", "North (2)", "South", "West"]
    assert copy == replace(THREE[0], id=copy.id, name="North (2)")
    assert copy.id not in {p.id for p in THREE}
    assert names(ops.duplicate(profiles, THREE[0].id)[0])[1] == "North (3)"


@given(st.lists(st.text("aA ", min_size=1, max_size=3), max_size=6), st.text("ab", min_size=1, max_size=90))
def test_a_unique_name_is_free_and_fits(taken: list[str], wanted: str) -> None:
    profiles = tuple(profile(str(n), name=name) for n, name in enumerate(taken))
    name = ops.unique_name(profiles, wanted[:80])
    assert not any(ops.same_name(name, other) for other in taken)
    assert len(name) <= 80


def test_mappings_are_set_switched_off_and_forgotten() -> None:
    first = THREE[0].id
    once = ops.set_mapping(THREE, first, "waiting", " 101 ")
    assert once[0].mapping == {"queues.waiting": "101"}
    off = ops.set_mapping(once, first, "queues.waiting", "")
    assert off[0].mapping == {"queues.waiting": ""}
    assert ops.set_mapping(off, first, "waiting", None)[0].mapping == {}
    refused("profile.column", ops.set_mapping, THREE, first, "wating", "1")


def test_mappings_as_typed() -> None:
    assert parse_mapping("waiting=101") == ("queues.waiting", "101")
    assert parse_mapping("agents.state=K0FLAEB6") == ("agents.state", "K0FLAEB6")
    assert parse_mapping("waiting=") == ("queues.waiting", "")
    assert parse_mapping("waiting=a=b") == ("queues.waiting", "a=b")
    for text in ("waiting", "=5", "waiting=a\nb"):
        refused("profile.mapping", parse_mapping, text)
    for text in ("wait=1", "queues.state=1", "waiting.queue=1", "x.waiting=1"):
        refused("profile.column", parse_mapping, text)
    assert mapping_key("State") == "agents.state"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("https://pbx.example.com", "https://pbx.example.com"),
        (" HTTPS://PBX.Example.COM:443/ ", "https://pbx.example.com"),
        ("http://10.0.0.7:80", "http://10.0.0.7"),
        ("https://pbx:8443//api/v1//", "https://pbx:8443/api/v1"),
        ("https://pbx.example.com./", "https://pbx.example.com"),
        ("https://[FE80:0::1]:8443/", "https://[fe80::1]:8443"),
        ("https://call_centre-1.local", "https://call_centre-1.local"),
        ("https://zürich.example", "https://zürich.example"),
        ("https://pbx.example.com/Case/Kept", "https://pbx.example.com/Case/Kept"),
        ("https://pbx.example.com/?", "https://pbx.example.com"),
    ],
)
def test_addresses_get_one_spelling(typed: str, kept: str) -> None:
    assert normalise_url(typed) == kept
    assert normalise_url(kept) == kept


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://pbx",
        "file:///etc/passwd",
        "javascript://x",
        "https://",
        "https:///path",
        "https://:8443",
        "https:pbx",
        "https://pbx:0",
        "https://pbx:65536",
        "https://pbx:-1",
        "https://pbx:x",
        "https://a b",
        "https://pbx/a b",
        "https://pbx\\evil",
        "https://pbx/\x00",
        "https://pbx\u202e.example",
        "https://-pbx",
        "https://a..b",
        "https://" + "a" * 64 + ".example",
        "https://" + "a." * 130 + "example",
        "https://pbx/../admin",
        "https://pbx/%2e%2e/admin",
        "https://[::1",
        "https://[fe80::1%25eth0]",
        "https://[::g]",
        "https://pbx/" + "a" * 1100,
        "https://ex\uff0eample",
    ],
)
def test_what_is_no_address_is_refused_in_one_sentence(url: str) -> None:
    sentence = str(refused("profile.url", normalise_url, url))
    assert sentence.isprintable()
    assert len(sentence) < 400


def test_a_missing_scheme_is_suggested_and_not_guessed() -> None:
    assert "Write it like https://pbx.example.com:8443" in str(
        refused("profile.url", normalise_url, "pbx.example.com:8443")
    )


@pytest.mark.parametrize(
    "url",
    [
        "https://admin:hunter2@pbx.example.com",
        "admin:hunter2@pbx.example.com",
        "https://hunter2@pbx",
        "https://pbx/?key=hunter2",
        "https://pbx/#access_token=hunter2",
        "pbx?password=hunter2",
    ],
)
def test_a_secret_in_an_address_is_refused_and_not_repeated(url: str) -> None:
    assert "hunter2" not in str(refused("profile.url_secret", normalise_url, url))


@given(st.text(max_size=60) | st.from_regex(r"https?://[a-z0-9.:\[\]@/?#%-]{0,40}", fullmatch=True))
def test_an_address_is_refused_or_stays_what_it_became(text: str) -> None:
    try:
        url = normalise_url(text)
    except UserError:
        return
    assert normalise_url(url) == url
    assert split_origin(url) == split_origin(text)


def test_proxies() -> None:
    assert [normalise_proxy(text) for text in ("", " System ", "NONE")] == ["system", "system", "none"]
    assert normalise_proxy("http://proxy.example.com:3128/") == "http://proxy.example.com:3128"
    refused("profile.url_secret", normalise_proxy, "http://user:pw@proxy")
    refused("profile.url", normalise_proxy, "socks5://proxy")


def test_fingerprints_as_tools_print_them() -> None:
    digits = "0123456789abcdef" * 4
    colons = ":".join(digits[n : n + 2] for n in range(0, 64, 2)).upper()
    for text in (digits, colons, f" {colons.replace(':', ' ')}\n", f"sha256 Fingerprint={colons}", f"SHA256:{digits}"):
        assert normalise_pin(text) == digits
    assert normalise_pin("  ") == ""
    for text in (digits[:-1], digits + "0", "g" * 64, "aa:bb"):
        refused("profile.pin", normalise_pin, text)


def test_poll_range() -> None:
    assert [check_poll(value) for value in (1, 5.0, "3600", " 2.5 ")] == [1.0, 5.0, 3600.0, 2.5]
    for value in (0.99, 3601, "x", "", float("nan"), float("inf"), "1e999", 10**400):
        refused("profile.poll", check_poll, value)


@dataclass(frozen=True)
class Spec:
    id: str
    label: str
    kind: str = "text"
    required: bool = False
    default: str = ""
    choices: tuple[tuple[str, str], ...] = ()


SPECS = (
    Spec("client_id", "Client id", required=True),
    Spec("client_secret", "Client secret", kind="secret", required=True),
    Spec("edition", "Edition", kind="choice", default="cloud", choices=(("cloud", "Cloud"), ("onsite", "On site"))),
    Spec("socket", "Live updates", kind="boolean", default="true"),
)


def test_fields_get_defaults_and_one_spelling() -> None:
    assert check_fields(SPECS, {"client_id": " abc "}, title="Yeastar") == {
        "client_id": "abc",
        "edition": "cloud",
        "socket": "true",
    }
    values = {"client_id": "abc", "edition": "ONSITE", "socket": "Off"}
    assert check_fields(SPECS, values, title="Yeastar") == {"client_id": "abc", "edition": "onsite", "socket": "false"}


def test_every_wrong_field_is_named() -> None:
    values = {"edition": "x", "socket": "maybe", "client_secret": "hunter2", "colour": "red"}
    found = {p.field: p.message for p in field_problems(SPECS, values, title="Yeastar")}
    assert {field: m.code for field, m in found.items()} == {
        "fields.client_id": "profile.field_required",
        "fields.edition": "profile.field_choice",
        "fields.socket": "profile.field_choice",
        "fields.client_secret": "profile.field_secret",
        "fields.colour": "profile.field_unknown",
    }
    assert "cloud, onsite" in english(found["fields.edition"])
    assert "client_id, edition, socket" in english(found["fields.colour"])
    assert not any("hunter2" in english(m) for m in found.values())
    refused("profile.field_text", check_fields, SPECS, {"client_id": "a\nb"}, title="Yeastar")


def test_a_whole_profile_is_checked_field_by_field() -> None:
    bad = profile("x", name=" ", url="pbx", pin="zz", proxy="ftp://x", poll_s=0.0, mapping={"nope": "1"})
    assert {p.field for p in profile_problems(bad)} == {"name", "url", "pin", "proxy", "poll_s", "mapping"}
    refused("profile.name", check_profile, bad)
    good = check_profile(profile("x", url="HTTPS://PBX:443/", pin="AB" * 32, mapping={"waiting": "7"}))
    assert (good.url, good.pin, good.mapping) == ("https://pbx", "ab" * 32, {"queues.waiting": "7"})


@pytest.mark.parametrize(
    ("url", "moved"),
    [
        ("https://pbx.example.com:443/base", False),
        ("HTTPS://PBX.EXAMPLE.COM/", False),
        ("https://pbx.example.com:8443", True),
        ("http://pbx.example.com", True),
        ("https://evil.example.com", True),
        ("not an address", True),
    ],
)
def test_se_13_another_server_is_another_origin(url: str, moved: bool) -> None:
    old = profile("a", url="https://pbx.example.com")
    assert ops.origin_changed(old, replace(old, url=url)) is moved


def test_se_13_another_kind_of_server_is_another_origin_and_a_name_is_not() -> None:
    old = profile("a")
    assert ops.origin_changed(old, replace(old, backend="yeastar"))
    assert not ops.origin_changed(old, replace(old, name="b", poll_s=9.0, pin="ab" * 32))


def test_exported_profiles_come_back_with_new_ids_and_free_names_and_without_consent_to_plain_http() -> None:
    source = (
        profile("North", fields={"edition": "cloud"}, mapping={"queues.waiting": "7"}, pin="ab" * 32, poll_s=9.0),
        profile("South", enabled=False, allow_plain_http=True, url="http://10.0.0.7", proxy="none"),
    )
    text = ops.export_profiles(source)
    everything, fresh = ops.import_profiles(text, source, path="x.json", backends={"xima"})
    assert names(everything) == ["North", "South", "North (2)", "South (2)"]
    assert len({p.id for p in everything}) == 4
    for original, copy in zip(source, fresh, strict=True):
        assert replace(copy, id=original.id, name=original.name) == replace(original, allow_plain_http=False)
    assert ops.import_profiles(b"\xef\xbb\xbf" + text.encode(), (), path="x.json")[1][0].name == "North"
    assert '"id"' not in text
    document = json.loads(text)
    assert document["supervisor_console_profiles"] == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "[]",
        "{}",
        '{"supervisor_console_profiles": 2, "profiles": []}',
        '{"supervisor_console_profiles": 1}',
        '{"supervisor_console_profiles": 1, "profiles": {}}',
        '{"supervisor_console_profiles": 1, "profiles": [7]}',
        b"\xff\xfe",
        b"\x00",
        "[" * 100_000,
        json.dumps({"supervisor_console_profiles": 1, "profiles": [{}] * 1001}),
    ],
    ids=range(12),
)
def test_what_is_no_export_is_refused(text: str | bytes) -> None:
    assert "x.json" in str(refused("profile.import", ops.import_profiles, text, (), path="x.json"))


def test_every_bad_field_of_an_import_is_named_and_nothing_is_taken() -> None:
    entries = [
        {"name": "ok", "backend": "xima", "url": "https://a"},
        {"name": 5, "backend": "xima", "url": "https://a", "poll_s": "x", "password": "hunter2"},
        {"name": "b", "backend": "nec", "url": "pbx", "pin": "zz"},
    ]
    text = json.dumps({"supervisor_console_profiles": 1, "profiles": entries})
    sentence = str(
        refused("profile.import", ops.import_profiles, text, (), path="x.json", backends={"xima", "yeastar"})
    )
    for word in ("2: name", "2: poll_s", "3: url", "3: pin", "3: backend"):
        assert f"profile {word}" in sentence or word in sentence
    assert "hunter2" not in sentence
