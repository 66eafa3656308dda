"""SE-12 and SE-09: which secret store is chosen, and which never is."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from console.domain.errors import SecretStoreError
from console.domain.messages import english
from console.domain.secret import Secret
from console.settings import keyrings
from console.settings.secrets import (
    EnvironmentSecrets,
    KeyringStore,
    Secrets,
    SecretStore,
)

from .faults import profile
from .keyrings import FakeRing

NORTH, SOUTH = profile("North"), profile("South")
CANARY = "canary-4f1e"


def secrets(store: SecretStore | None, **environ: str) -> Secrets:
    return Secrets(store, environment=EnvironmentSecrets(environ))


@pytest.fixture
def foreign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A plain-text back end on the import path, which leaves a mark when its code is run."""
    (tmp_path / "plaintext_ring.py").write_text(
        "from pathlib import Path\nPath(__file__).with_name('loaded').touch()\n"
        "class Keyring:\n    priority = 99\n    def get_password(self, s, u): return 'x'\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def found_code(environ: dict[str, str], platform: str = "linux") -> str:
    with pytest.raises(SecretStoreError) as caught:
        keyrings.find_ring(environ, platform)
    assert english(caught.value.message)
    return caught.value.message.code


@pytest.mark.parametrize(
    "name",
    [
        "plaintext_ring.Keyring",
        "keyrings.alt.file.PlaintextKeyring",
        "keyring.backends.null.Keyring",
        "nonsense",
    ],
)
def test_se_12_a_foreign_store_in_the_environment_is_refused_unloaded(foreign: Path, name: str) -> None:
    assert found_code({"PYTHON_KEYRING_BACKEND": name}) == "secret.foreign_store"
    assert not (foreign / "loaded").exists()
    assert "plaintext_ring" not in sys.modules


def test_se_12_a_foreign_store_in_keyringrc_is_refused_unloaded(foreign: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from keyring.util import platform_

    monkeypatch.setattr(platform_, "config_root", lambda: foreign)
    (foreign / "keyringrc.cfg").write_text(
        f"[backend]\ndefault-keyring=plaintext_ring.Keyring\nkeyring-path={foreign}/evil\n"
    )
    before = list(sys.path)
    assert found_code({}) == "secret.foreign_store"
    assert not (foreign / "loaded").exists()
    assert sys.path == before


async def test_se_12_with_a_foreign_store_the_session_keeps_it_with_a_warning(
    foreign: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "plaintext_ring.Keyring")
    store = KeyringStore()
    kept = secrets(store)
    outcome = await kept.put(NORTH, "key", Secret(CANARY))
    store.close()
    assert outcome.stored_in == "session"
    assert outcome.message is not None
    assert outcome.message.code == "secret.foreign_store"
    assert await kept.get(NORTH, "key") == Secret(CANARY)


@pytest.mark.parametrize("raw", ["", "no section", "[backend]\n", "[other]\nx=1\n", "[backend]\ndefault-keyring=\n"])
def test_a_keyringrc_without_a_word_about_it_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, raw: str
) -> None:
    from keyring.util import platform_

    monkeypatch.setattr(platform_, "config_root", lambda: tmp_path)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
    (tmp_path / "keyringrc.cfg").write_text(raw)
    assert found_code({}) == "secret.no_store"


@pytest.mark.parametrize("platform", ["linux", "win32", "darwin", "freebsd14"])
def test_se_09_without_any_trusted_store_the_platforms_own_is_named(
    platform: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyrings, "_load", lambda name: None)
    assert found_code({}, platform) == "secret.no_store"


def test_se_12_a_switched_off_store_is_absent() -> None:
    assert found_code({"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}) == "secret.no_store"


def test_of_several_trusted_stores_the_systems_favourite_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    service, wallet, _ = keyrings.TRUSTED["linux"]
    rings = {service: (FakeRing(), 5.0), wallet: (FakeRing(), 5.1)}
    monkeypatch.setattr(keyrings, "_load", rings.get)
    assert keyrings.find_ring({}, "linux") is rings[wallet][0]
    # a chain would ask untrusted ones too: we choose ourselves
    assert keyrings.find_ring({"PYTHON_KEYRING_BACKEND": keyrings._CHAINER}, "linux") is rings[wallet][0]
    assert keyrings.find_ring({"PYTHON_KEYRING_BACKEND": service}, "linux") is rings[service][0]


def test_only_stores_that_encrypt_are_trusted() -> None:
    trusted = {name for names in keyrings.TRUSTED.values() for name in names}
    assert trusted == set(keyrings.TITLES)
    assert not any(word in name for name in trusted for word in ("alt", "null", "fail", "chainer", "file"))
