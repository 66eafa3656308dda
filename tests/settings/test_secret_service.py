"""The real thing: a round trip through the session's Secret Service. Needs a bus and an unlocked keyring."""

from __future__ import annotations

import uuid

import pytest

from console.domain.model import ProfileId
from console.domain.secret import Secret
from console.settings.secrets import EnvironmentSecrets, KeyringStore, Secrets

from .faults import profile

pytestmark = pytest.mark.secretservice


async def test_a_round_trip_through_the_secret_service() -> None:
    store = KeyringStore()
    kept = Secrets(store, environment=EnvironmentSecrets({}))
    one = profile("one", id=ProfileId(str(uuid.uuid4())))
    other = profile("other", id=ProfileId(str(uuid.uuid4())))
    info = await kept.describe()
    assert info.usable, info
    assert info.name.startswith("Secret Service")
    secret = Secret("pässwörd \U0001f511 " + "x" * 1200)
    try:
        outcome = await kept.put(one, "key", secret)
        assert (outcome.stored_in, outcome.messages) == ("keyring", ())
        assert await KeyringStore().get(one.id, "key") == secret  # another copy of the program
        assert await kept.copy(one, other, ["key"]) == ()
        assert await kept.get(other, "key") == secret
    finally:
        assert await kept.forget(one, ["key"]) == ()
        assert await kept.forget(other, ["key"]) == ()
    assert await kept.get(one, "key") is None
    assert await kept.get(other, "key") is None
    store.close()
