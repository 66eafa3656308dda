"""console.engine.profiles: every change reaches file, keyring and sessions, and no secret goes astray."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from console.domain.enums import HealthState
from console.domain.errors import SecretStoreError, UserError
from console.domain.messages import Message, message
from console.domain.model import ProfileId, Snapshot
from console.domain.profile import Profile
from console.domain.secret import Secret
from console.engine.core import Core, open_core
from console.net.redact import Redactor
from console.settings.paths import prepare, resolve_paths
from console.settings.store import SettingsStore
from console.vendors.base import BackendSpec, CheckResult, Connection, FieldKind, ProfileField
from tests.support import settle, until

KEY = Secret("canary-key-0001")


class FakeBackend:
    """Answers at once, and remembers what it was opened with."""

    opened: list[FakeBackend] = []  # noqa: RUF012 - emptied for each test

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.closed = False
        FakeBackend.opened.append(self)

    async def snapshots(self) -> AsyncGenerator[Snapshot, None]:
        profile = self.connection.profile
        yield Snapshot(profile.id, profile.backend, datetime(2027, 1, 1, tzinfo=UTC), {})
        await asyncio.Event().wait()

    async def check(self) -> CheckResult:
        return CheckResult((message("check.metrics", count=3),))

    async def aclose(self) -> None:
        self.closed = True


SPEC = BackendSpec(
    id="fake",
    title="Fake PBX",
    url_example="https://pbx.example",
    fields=(ProfileField("key", "key", FieldKind.SECRET, required=True), ProfileField("site", "Site")),
    allow=(),
    open=FakeBackend,
)


@pytest.fixture
async def core(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Core]:
    monkeypatch.setattr("console.engine.profiles.backends", lambda: {"fake": SPEC})
    FakeBackend.opened.clear()
    told: list[Message] = []
    bugs: list[BaseException] = []
    core = open_core(
        prepare(resolve_paths(tmp_path)),
        report_bug=lambda where, error: bugs.append(error),
        redactor=Redactor(),
        tell=told.append,
        in_memory_secrets=True,
    )
    core.profiles.start()
    yield core
    await core.aclose()
    assert not bugs
    assert all(backend.closed for backend in FakeBackend.opened)


def draft(name: str = "Site", url: str = "https://pbx.example") -> Profile:
    return Profile(ProfileId(name.lower()), name, "fake", url)


async def test_a_new_profile_is_saved_and_connected(core: Core) -> None:
    saved = await core.profiles.save(draft(), {"key": KEY})
    await settle()
    assert saved.secrets_kept
    source = core.store.source(saved.profile.id)
    assert source is not None
    assert source.health.state is HealthState.LIVE
    assert FakeBackend.opened[0].connection.secrets["key"] == KEY
    text = core.paths.settings_file.read_text()
    assert json.loads(text)["profiles"][0]["name"] == "Site"
    assert KEY.reveal() not in text


@pytest.mark.allow_warnings
async def test_an_edited_address_does_not_carry_the_old_key_to_a_new_host(core: Core) -> None:
    saved = await core.profiles.save(draft(), {"key": KEY})
    moved = replace(saved.profile, url="https://evil.example")
    told = await core.profiles.save(moved)
    await settle()
    assert [m.code for m in told.messages] == ["secret.host_changed"]
    assert all(b.connection.profile.url != moved.url for b in FakeBackend.opened)
    source = core.store.source(moved.id)
    assert source is not None
    assert source.snapshot is None
    assert source.health.message is not None
    assert source.health.message.code == "secret.missing"
    with pytest.raises(SecretStoreError):
        await core.profiles.secrets_of(told.profile)


async def test_a_draft_that_names_another_host_is_not_tested_with_the_stored_key(core: Core) -> None:
    saved = await core.profiles.save(draft(), {"key": KEY})
    await settle()
    before = len(FakeBackend.opened)
    with pytest.raises(UserError):
        await core.profiles.check(replace(saved.profile, url="https://evil.example"))
    assert len(FakeBackend.opened) == before


async def test_testing_a_draft_changes_nothing(core: Core) -> None:
    result = await core.profiles.check(draft(), {"key": KEY})
    assert [m.code for m in result.findings] == ["check.metrics"]
    assert core.profiles.all == ()
    assert FakeBackend.opened[0].closed


async def test_switching_off_closes_and_on_opens(core: Core) -> None:
    saved = await core.profiles.save(draft(), {"key": KEY})
    await settle()
    await core.profiles.set_enabled(saved.profile, False)
    await until(lambda: FakeBackend.opened[0].closed)
    assert core.store.board.sources == ()
    await core.profiles.set_enabled(saved.profile, True)
    await settle()
    assert len(FakeBackend.opened) == 2
    assert len(core.store.board.sources) == 1


async def test_a_copy_has_its_own_name_and_secret_and_waits_to_be_looked_at(core: Core) -> None:
    saved = await core.profiles.save(draft(), {"key": KEY})
    copy = (await core.profiles.duplicate(saved.profile)).profile
    assert copy.id != saved.profile.id
    assert copy.name != saved.profile.name
    assert not copy.enabled
    assert (await core.profiles.secrets_of(copy))["key"] == KEY


async def test_removing_forgets_the_secret(core: Core) -> None:
    saved = await core.profiles.save(draft(), {"key": KEY})
    await core.profiles.remove(saved.profile)
    assert core.profiles.all == ()
    with pytest.raises(SecretStoreError):
        await core.profiles.secrets_of(saved.profile)


async def test_a_new_secret_reconnects_at_once(core: Core) -> None:
    saved = await core.profiles.save(draft(), {"key": KEY})
    await settle()
    await core.profiles.save(saved.profile, {"key": Secret("canary-key-0002")})
    await until(lambda: len(FakeBackend.opened) == 2)
    assert FakeBackend.opened[1].connection.secrets["key"].reveal() == "canary-key-0002"
    await until(lambda: FakeBackend.opened[0].closed)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": ""}, "profile.name"),
        ({"url": "ftp://x"}, "profile.url"),
        ({"backend": "avaya"}, "profile.backend"),
        ({"fields": {"colour": "red"}}, "profile.field_unknown"),
        ({"pin": "beef"}, "profile.pin"),
        ({"poll_s": 0.1}, "profile.poll"),
    ],
)
async def test_a_wrong_profile_is_refused_whole(core: Core, change: dict[str, object], code: str) -> None:
    with pytest.raises(UserError) as refused:
        await core.profiles.save(replace(draft(), **change), {"key": KEY})  # type: ignore[arg-type]
    assert refused.value.message.code == code
    assert core.profiles.all == ()


async def test_names_are_unique_whatever_their_case(core: Core) -> None:
    await core.profiles.save(draft("Site"), {"key": KEY})
    with pytest.raises(UserError) as refused:
        await core.profiles.save(replace(draft("SITE"), id=ProfileId("other")), {"key": KEY})
    assert refused.value.message.code == "profile.exists"


async def test_two_profiles_never_share_an_environment_variable(core: Core) -> None:
    await core.profiles.save(draft("A B"), {"key": KEY})
    with pytest.raises(UserError) as refused:
        await core.profiles.save(draft("A-B"), {"key": KEY})
    assert refused.value.message.code == "profile.too_like"


async def test_the_settings_survive_a_restart(core: Core, tmp_path: Path) -> None:
    await core.profiles.save(draft(), {"key": KEY})
    again = open_core(
        resolve_paths(tmp_path), report_bug=print, redactor=Redactor(), tell=print, in_memory_secrets=True
    )
    assert [p.name for p in again.profiles.all] == ["Site"]
    await again.aclose()


@pytest.mark.allow_warnings
async def test_an_address_changed_by_another_copy_does_not_get_this_sessions_key(core: Core) -> None:
    saved = await core.profiles.save(draft(), {"key": KEY})
    await settle()
    moved = replace(saved.profile, url="https://evil.example")
    other = SettingsStore(core.paths.settings_file)
    other.load()
    assert other.update(lambda settings: replace(settings, profiles=(moved,))).saved
    core.settings.change(lambda settings: replace(settings, general=replace(settings.general, theme="dark")))
    await core.settings.flush()
    await settle()
    assert core.profiles.get(moved.id) == moved, "the other copy's change is followed"
    assert all(b.connection.profile.url != moved.url for b in FakeBackend.opened)
    source = core.store.source(moved.id)
    assert source is not None
    assert source.snapshot is None
    assert source.health.message is not None
    assert source.health.message.code == "secret.missing"
