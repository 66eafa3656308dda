"""`supervisor-console profile ...`, as a user types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Demo, Run

KEY_VARIABLE = "SUPERVISOR_CONSOLE_SECRET_HEAD_OFFICE_KEY"


@pytest.fixture
def added(run: Run, demo: Demo) -> dict[str, str]:
    """A profile "Head office" on the demo's Chronicall; gives the environment that holds its key."""
    offer = demo.profile("chronicall")
    env = {KEY_VARIABLE: offer["secrets"]["key"]}
    done = run("profile", "add", "Head office", "--backend", "chronicall", "--url", offer["url"], env=env)
    assert (done.code, done.err) == (0, "")
    return env


def test_without_a_keyring_the_profile_is_kept_and_the_variable_named(run: Run, demo: Demo) -> None:
    offer = demo.profile("chronicall")
    key = offer["secrets"]["key"]
    done = run(
        "profile", "add", "Head office", "--backend", "chronicall", "--url", offer["url"], stdin=f"{key}\n"
    )  # fmt: skip
    assert done.code == 5
    assert KEY_VARIABLE in done.err
    assert key not in done.out + done.err
    assert "Head office" in run("profile", "list").out


def test_a_variable_that_is_set_needs_no_keyring(run: Run, demo: Demo) -> None:
    offer = demo.profile("xima")
    key = offer["secrets"]["key"]
    args = ("profile", "add", "Head office", "--backend", "xima", "--url", offer["url"])
    assert run(*args, stdin=f"{key}\n", env={KEY_VARIABLE: key}).code == 0


def test_a_connection_is_tested_in_plain_words(run: Run, added: dict[str, str]) -> None:
    done = run("profile", "test", "head office", env=added)
    assert done.code == 0
    assert "realtime metrics" in done.out


def test_list_show_remove(run: Run, added: dict[str, str]) -> None:
    assert [p["name"] for p in json.loads(run("profile", "list", "--json").out)] == ["Head office"]
    shown = run("profile", "show", "Head office", env=added)
    assert "from the environment" in shown.out
    assert added[KEY_VARIABLE] not in shown.out
    assert run("profile", "remove", "Head office").code == 0
    assert json.loads(run("profile", "list", "--json").out) == []


def test_export_and_import_carry_no_secret(run: Run, added: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "profiles.json"
    assert run("profile", "export", str(file), env=added).code == 0
    assert added[KEY_VARIABLE] not in file.read_text()
    done = run("profile", "import", str(file))
    assert done.code == 0
    names = [p["name"] for p in json.loads(run("profile", "list", "--json").out)]
    assert len(names) == 2
    assert len(set(names)) == 2


def test_map_checks_every_pair_before_it_keeps_one(run: Run, added: dict[str, str]) -> None:
    done = run("profile", "map", "Head office", "waiting=M1", "agents.state=M2", env=added)
    assert (done.code, done.out.count("Head office")) == (0, 2)
    mapping = {"queues.waiting": "M1", "agents.state": "M2"}
    assert json.loads(run("profile", "show", "Head office", "--json", env=added).out)["mapping"] == mapping
    for pair, word in (("nonsense", "waiting=101"), ("colour=M3", "colour")):
        done = run("profile", "map", "Head office", "waiting=M9", pair, env=added)
        assert done.code == 2
        assert word in done.err
    assert json.loads(run("profile", "show", "Head office", "--json", env=added).out)["mapping"] == mapping


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("add", "X", "--backend", "avaya", "--url", "https://h"), "avaya"),
        (("add", "X", "--backend", "chronicall", "--url", "ftp://h"), "ftp://h"),
        (("add", "X", "--backend", "chronicall", "--url", "https://u:p@h"), "own fields"),
        (("add", "X", "--backend", "chronicall", "--url", "https://h", "--set", "colour=red"), "colour"),
        (("add", "X", "--backend", "chronicall", "--url", "https://h", "--pin", "beef"), "fingerprint"),
        (("show", "nobody"), "nobody"),
        (("import", "no-such-file.json"), "no-such-file.json"),
    ],
)
def test_bad_input_gets_one_sentence_and_exit_2(run: Run, args: tuple[str, ...], words: str) -> None:
    done = run("profile", *args, stdin="secret-canary-1\n")
    assert done.code == 2
    assert words in done.err
    assert len(done.err.strip().splitlines()) == 1
    assert "secret-canary-1" not in done.err


def test_an_empty_secret_adds_nothing(run: Run) -> None:
    done = run("profile", "add", "X", "--backend", "chronicall", "--url", "https://h")
    assert done.code == 2
    assert json.loads(run("profile", "list", "--json").out) == []


def test_plain_http_to_another_machine_needs_consent(run: Run) -> None:
    env = {"SUPERVISOR_CONSOLE_SECRET_X_KEY": "secret-canary-2"}
    added = run("profile", "add", "X", "--backend", "chronicall", "--url", "http://pbx.example", env=env)
    assert added.code == 0
    done = run("profile", "test", "X", env=env)
    assert done.code == 2
    assert "plain http" in done.err


def test_a_wrong_key_is_refused_with_exit_3(run: Run, added: dict[str, str]) -> None:
    wrong = {KEY_VARIABLE: "not-the-key-canary"}
    done = run("profile", "test", "Head office", env=wrong)
    assert done.code == 3
    assert "does not accept the authentication key" in done.err
    assert "not-the-key-canary" not in done.err


def test_nobody_there_is_exit_4(run: Run) -> None:
    env = {"SUPERVISOR_CONSOLE_SECRET_X_KEY": "k-canary-3"}
    run("profile", "add", "X", "--backend", "chronicall", "--url", "http://127.0.0.1:9", env=env)
    done = run("profile", "test", "X", env=env)
    assert done.code == 4
    assert "127.0.0.1" in done.err


def test_an_imported_file_brings_no_secret_and_gets_none(run: Run, added: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "strangers.json"
    profile = {"name": "North", "backend": "chronicall", "url": "http://127.0.0.1:1", "fields": {"key": "canary-0815"}}
    file.write_text(json.dumps({"supervisor_console_profiles": 1, "profiles": [profile]}))
    done = run("profile", "import", str(file))
    assert done.code == 2
    assert "is a secret" in done.err
    assert "canary" not in done.out + done.err
    profile |= {"name": "head-office", "fields": {}}  # would take its key from the variable of "Head office"
    file.write_text(json.dumps({"supervisor_console_profiles": 1, "profiles": [profile]}))
    assert run("profile", "import", str(file)).out == "Imported: head-office (2).\n"
    assert run("live", "head-office (2)", env=added).code == 5
