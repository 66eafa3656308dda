"""SE-09, SE-10, SE-12 and SE-13: secrets and the keyrings that are absent, locked, slow, forgetful or foreign."""

from __future__ import annotations

import asyncio
import logging
import pickle
import sys
import traceback
from collections.abc import Callable, Iterator

import keyring.errors
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.errors import SecretStoreError, UserError
from console.domain.messages import english
from console.domain.secret import Secret
from console.settings import keyrings
from console.settings.secrets import (
    LENGTH_LIMIT,
    SERVICE,
    EnvironmentSecrets,
    KeyringStore,
    MemoryStore,
    Secrets,
    SecretStore,
    entry_name,
    utf16_units,
    variable_name,
)

from .faults import profile
from .keyrings import FakeRing, Forgetful, Hanging, Mangling, raising

NORTH, SOUTH = profile("North"), profile("South")
CANARY = "canary-4f1e"


@pytest.fixture
def stores() -> Iterator[Callable[..., KeyringStore]]:
    """Makes keyring stores over a back end and lets their threads go afterwards."""
    made: list[KeyringStore] = []

    def make(ring: keyrings.Ring, limit_s: float = 10.0) -> KeyringStore:
        made.append(KeyringStore(lambda: ring, limit_s))
        return made[-1]

    yield make
    for store in made:
        store.close()


def secrets(store: SecretStore | None, **environ: str) -> Secrets:
    return Secrets(store, environment=EnvironmentSecrets(environ))


async def failure(store: KeyringStore, call: str) -> SecretStoreError:
    calls = {
        "get": lambda: store.get(NORTH.id, "key"),
        "set": lambda: store.set(NORTH.id, "key", Secret(CANARY)),
        "delete": lambda: store.delete(NORTH.id, "key"),
    }
    with pytest.raises(SecretStoreError) as caught:
        await calls[call]()
    shown = "".join(traceback.format_exception(caught.value))
    assert CANARY not in shown
    assert caught.value.__context__ is None
    return caught.value


async def test_a_secret_is_stored_read_back_and_deleted(stores: Callable[..., KeyringStore]) -> None:
    ring = FakeRing()
    store = stores(ring)
    assert await store.get(NORTH.id, "key") is None
    assert (await store.set(NORTH.id, "key", Secret(CANARY))).stored_in == "keyring"
    assert ring.entries == {("supervisor-console", "id-North/key"): CANARY}  # a file format
    assert ring.calls == ["get", "set", "get"]
    assert await store.get(NORTH.id, "key") == Secret(CANARY)
    await store.delete(NORTH.id, "key")
    await store.delete(NORTH.id, "key")
    assert ring.entries == {}
    assert ring.threads == {"keyring"}


async def test_the_thread_is_a_daemon_and_not_the_loops_own(stores: Callable[..., KeyringStore]) -> None:
    import threading

    daemons: list[bool] = []
    store = stores(FakeRing(lambda name: daemons.append(threading.current_thread().daemon)))
    await store.get(NORTH.id, "key")
    assert daemons == [True]


LOCKED = [
    keyring.errors.KeyringLocked(f"Failed to unlock {CANARY}"),
    keyring.errors.InitError("Failed to create the collection: Prompt dismissed.."),
    type("PromptDismissedException", (Exception,), {})("x"),
    type("KeychainDenied", (Exception,), {})(-128, "Denied"),
]
ABSENT = [
    keyring.errors.NoKeyringError(f"No recommended backend {CANARY}"),
    keyring.errors.PasswordSetError(CANARY),
    ConnectionRefusedError(111, CANARY),
    RuntimeError(CANARY),
]


@pytest.mark.parametrize("call", ["get", "set", "delete"])
@pytest.mark.parametrize("error", LOCKED, ids=lambda error: type(error).__name__)
async def test_se_09_a_locked_store_or_a_denied_prompt_is_called_so(
    stores: Callable[..., KeyringStore], error: Exception, call: str
) -> None:
    assert (await failure(stores(raising(error)), call)).message.code == "secret.locked"


@pytest.mark.parametrize("call", ["get", "set", "delete"])
@pytest.mark.parametrize("error", ABSENT, ids=lambda error: type(error).__name__)
async def test_se_09_an_absent_store_or_a_dead_bus_is_called_so(
    stores: Callable[..., KeyringStore], error: Exception, call: str
) -> None:
    found = await failure(stores(raising(error)), call)
    assert found.message.code == "secret.no_store"
    assert CANARY not in str(found)


async def test_se_11_the_keychain_refusing_an_updated_program_is_no_wrong_password(
    stores: Callable[..., KeyringStore],
) -> None:
    error = keyring.errors.PasswordSetError("Can't store password on keychain: (-25293, 'Security Auth Failure')")
    error.__cause__ = type("SecAuthFailure", (Exception,), {})(-25293)
    assert (await failure(stores(raising(error)), "set")).message.code == "secret.locked"


async def test_se_09_a_store_that_hangs_is_given_up_while_the_loop_goes_on(
    stores: Callable[..., KeyringStore],
) -> None:
    ring = Hanging("get")
    store = stores(ring, 0.2)
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0.005)

    counting = asyncio.get_running_loop().create_task(count())
    found = await failure(store, "get")
    counting.cancel()
    assert found.message.code == "secret.slow"
    assert turns >= 5
    store._worker._limit_s = 60.0
    for _ in range(3):  # nobody waits again for what hangs
        assert (await failure(store, "get")).message.code == "secret.slow"
    assert ring.calls == ["get"]
    ring.release.set()
    await eventually(lambda: not store._worker.is_stuck)
    assert await store.get(NORTH.id, "key") is None


async def eventually(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.005)


async def test_se_09_a_write_that_ends_after_it_was_given_up_is_taken_back(
    stores: Callable[..., KeyringStore],
) -> None:
    ring = Hanging("set")
    store = stores(ring, 0.05)
    kept = secrets(store)
    outcome = await kept.put(NORTH, "key", Secret(CANARY))
    assert (outcome.stored_in, outcome.is_fallback) == ("session", True)
    assert outcome.message is not None
    assert outcome.message.code == "secret.slow"
    assert await kept.get(NORTH, "key") == Secret(CANARY)
    ring.release.set()
    await eventually(lambda: ring.calls[-1] == "delete" and not store._worker.is_stuck)
    assert ring.entries == {}


async def test_a_cancelled_write_is_taken_back(stores: Callable[..., KeyringStore]) -> None:
    ring = Hanging("set")
    store = stores(ring)
    writing = asyncio.get_running_loop().create_task(store.set(NORTH.id, "key", Secret(CANARY)))
    await eventually(ring.entered.is_set)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    ring.release.set()
    await eventually(lambda: ring.calls[-1] == "delete" and not store._worker.is_stuck)
    assert ring.entries == {}


@pytest.mark.parametrize("ring", [Forgetful(), Mangling()], ids=["forgetful", "mangling"])
async def test_se_09_a_store_that_gives_back_something_else_is_not_trusted(
    stores: Callable[..., KeyringStore], ring: FakeRing
) -> None:
    kept = secrets(stores(ring))
    outcome = await kept.put(NORTH, "key", Secret(CANARY), label="API key")
    assert outcome.stored_in == "session"
    assert [english(m) for m in outcome.messages] == [
        "The secret store accepted the API key but gives back something else. It is kept for this session only."
    ]
    assert ring.entries == {}
    assert await kept.get(NORTH, "key") == Secret(CANARY)


async def test_se_09_without_a_store_the_session_keeps_it_and_the_variable_is_named(
    stores: Callable[..., KeyringStore],
) -> None:
    kept = secrets(stores(raising(keyring.errors.NoKeyringError())))
    assert await kept.get(NORTH, "key") is None
    outcome = await kept.put(NORTH, "key", Secret(CANARY))
    assert outcome.stored_in == "session"
    assert outcome.message is not None
    assert "SUPERVISOR_CONSOLE_SECRET_NORTH_KEY" in english(outcome.message)
    assert await kept.get(NORTH, "key") == Secret(CANARY)
    assert not (await kept.describe()).usable
    assert await kept.forget(NORTH, ["key"]) == ()
    assert await kept.get(NORTH, "key") is None


async def test_se_09_a_locked_store_is_an_error_and_not_a_missing_secret(stores: Callable[..., KeyringStore]) -> None:
    kept = secrets(stores(raising(keyring.errors.KeyringLocked())))
    with pytest.raises(SecretStoreError):
        await kept.get(NORTH, "key")
    assert [m.code for m in await kept.forget(NORTH, ["key", "other"])] == ["secret.locked"]
    outcome = await kept.put(NORTH, "key", Secret(CANARY))
    assert [m.code for m in outcome.messages] == ["secret.session_locked"]
    assert "SUPERVISOR_CONSOLE_SECRET_NORTH_KEY" in english(outcome.messages[0])
    assert await kept.get(NORTH, "key") == Secret(CANARY)


async def test_se_10_too_long_is_refused_before_anything_is_written(stores: Callable[..., KeyringStore]) -> None:
    ring = FakeRing()
    kept = secrets(stores(ring))
    fits = "x" * (LENGTH_LIMIT - 2) + "\U0001f511"  # the key takes two units
    assert utf16_units(fits) == LENGTH_LIMIT
    assert (await kept.put(NORTH, "key", Secret(fits))).stored_in == "keyring"
    calls = len(ring.calls)
    with pytest.raises(UserError) as caught:
        await kept.put(NORTH, "key", Secret(fits + "x"))
    assert caught.value.message.code == "secret.too_long"
    assert "xxx" not in str(caught.value)
    assert len(ring.calls) == calls
    assert (await kept.put(NORTH, "key", Secret(fits + "x"), session_only=True)).stored_in == "session"


@pytest.mark.parametrize("text", ["pässwörd", "ключ", "鍵\U0001f511", "a b", 'q"\\'])
async def test_se_10_any_script_is_kept(stores: Callable[..., KeyringStore], text: str) -> None:
    kept = secrets(stores(FakeRing()))
    await kept.put(NORTH, "key", Secret(text))
    assert await kept.get(NORTH, "key") == Secret(text)


async def test_se_10_white_space_around_is_left_out_with_a_notice(stores: Callable[..., KeyringStore]) -> None:
    kept = secrets(stores(FakeRing()))
    outcome = await kept.put(NORTH, "key", Secret(f" {CANARY}\r\n"))
    assert (outcome.stored_in, outcome.is_fallback) == ("keyring", False)
    assert [m.code for m in outcome.messages] == ["secret.trimmed"]
    assert await kept.get(NORTH, "key") == Secret(CANARY)
    assert (await kept.put(NORTH, "key", Secret(CANARY))).messages == ()


@pytest.mark.parametrize("text", ["", " ", "\r\n"])
async def test_se_10_empty_is_refused(stores: Callable[..., KeyringStore], text: str) -> None:
    with pytest.raises(UserError) as caught:
        await secrets(stores(FakeRing())).put(NORTH, "key", Secret(text))
    assert caught.value.message.code == "secret.empty"


async def test_a_variable_wins_over_session_and_keyring(stores: Callable[..., KeyringStore]) -> None:
    store = stores(FakeRing())
    await secrets(store).put(NORTH, "key", Secret("stored"))
    kept = secrets(store, SUPERVISOR_CONSOLE_SECRET_NORTH_KEY=" from the variable\n")
    await kept.put(SOUTH, "key", Secret("session"), session_only=True)
    assert await kept.get(NORTH, "key") == Secret("from the variable")
    assert kept.has_variable(NORTH, "key")
    assert not kept.has_variable(SOUTH, "key")
    assert await kept.get_all(SOUTH, ["key", "other"]) == {"key": Secret("session")}
    empty = secrets(store, SUPERVISOR_CONSOLE_SECRET_NORTH_KEY="  ")
    assert await empty.get(NORTH, "key") == Secret("stored")


@pytest.mark.parametrize(
    ("name", "field", "variable"),
    [
        ("North", "key", "NORTH_KEY"),
        ("Zürich 1", "client_secret", "Z_RICH_1_CLIENT_SECRET"),
        ("a-b.c", "api-key", "A_B_C_API_KEY"),
        ("٣", "key", "__KEY"),
    ],
)
def test_names_of_variables(name: str, field: str, variable: str) -> None:
    assert variable_name(name, field) == f"SUPERVISOR_CONSOLE_SECRET_{variable}"


@given(st.text(max_size=30), st.text(max_size=30))
def test_names_of_variables_hold_nothing_a_shell_minds(name: str, field: str) -> None:
    assert set(variable_name(name, field)) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")


async def test_session_only_removes_what_the_keyring_had(stores: Callable[..., KeyringStore]) -> None:
    ring = FakeRing()
    kept = secrets(stores(ring))
    await kept.put(NORTH, "key", Secret("old"))
    outcome = await kept.put(NORTH, "key", Secret("new"), session_only=True)
    assert (outcome.stored_in, outcome.messages) == ("session", ())
    assert ring.entries == {}
    await kept.put(NORTH, "key", Secret("newer"))
    assert await kept.get(NORTH, "key") == Secret("newer")


async def test_se_13_a_duplicate_gets_the_secrets_and_a_rename_keeps_them(stores: Callable[..., KeyringStore]) -> None:
    ring = FakeRing()
    kept = secrets(stores(ring), SUPERVISOR_CONSOLE_SECRET_NORTH_THIRD="variable")
    await kept.put(NORTH, "key", Secret("one"))
    await kept.put(NORTH, "other", Secret("two"), session_only=True)
    assert await kept.copy(NORTH, SOUTH, ["key", "other", "third", "fourth"]) == ()
    assert await kept.get_all(SOUTH, ["key", "other", "third", "fourth"]) == {
        "key": Secret("one"),
        "other": Secret("two"),
    }
    assert (SERVICE, entry_name(SOUTH.id, "other")) not in ring.entries
    renamed = profile("x", id=NORTH.id)
    assert await kept.get(renamed, "key") == Secret("one")


async def test_se_13_a_removed_profile_leaves_nothing(stores: Callable[..., KeyringStore]) -> None:
    ring = FakeRing()
    kept = secrets(stores(ring))
    for field in ("client_id", "client_secret"):
        await kept.put(NORTH, field, Secret(CANARY))
    assert await kept.forget(NORTH, ["client_id", "client_secret", "never"]) == ()
    assert ring.entries == {}


async def test_a_demo_keeps_secrets_in_memory_without_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPERVISOR_CONSOLE_SECRET_NORTH_KEY", "of the real world")
    seen: list[Secret] = []
    kept = Secrets.in_memory(watch=seen.append)
    assert await kept.get(NORTH, "key") is None
    outcome = await kept.put(NORTH, "key", Secret(CANARY))
    assert (outcome.stored_in, outcome.message, outcome.is_fallback) == ("session", None, False)
    await kept.copy(NORTH, SOUTH, ["key"])
    assert await kept.get(SOUTH, "key") == Secret(CANARY)
    assert (await kept.describe()).name == "this session"
    assert seen == [Secret(CANARY)] * 2


def test_the_missing_secrets_sentence_names_field_profile_and_variable() -> None:
    sentence = english(Secrets.missing(NORTH, "key", "API key"))
    assert all(word in sentence for word in ("API key", "North", "SUPERVISOR_CONSOLE_SECRET_NORTH_KEY"))


async def test_what_keeps_secrets_is_named(stores: Callable[..., KeyringStore]) -> None:
    info = await stores(FakeRing()).describe()
    assert info.usable
    assert info.name == "tests.settings.keyrings.FakeRing"
    assert english(info.message)
    assert (await MemoryStore().describe()).usable


async def test_nothing_shows_a_secret(stores: Callable[..., KeyringStore], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    shown: list[object] = []
    for ring in (
        FakeRing(),
        Forgetful(),
        raising(keyring.errors.PasswordSetError(CANARY)),
        raising(OSError(5, CANARY)),
    ):
        kept = secrets(stores(ring))
        shown += [kept, vars(kept), vars(kept._session), await kept.put(NORTH, "key", Secret(f" {CANARY} "))]
        shown += [await kept.get(NORTH, "key"), *(await kept.forget(NORTH, ["key"])), await kept.describe()]
    assert CANARY not in "".join(f"{thing!r} {thing!s}" for thing in shown) + caplog.text
    with pytest.raises(TypeError):
        pickle.dumps(Secret(CANARY))


def test_importing_does_not_load_the_keyring_library() -> None:
    import subprocess

    code = (
        "import sys; import console.settings.secrets, console.settings.store, console.settings.window;"
        "sys.exit(any(name.split('.')[0] in ('keyring', 'msgspec', 'httpx', 'PySide6') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
