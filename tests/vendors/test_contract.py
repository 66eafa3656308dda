"""What holds for every backend, whoever wrote it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import subprocess
import sys

import pytest

from console.domain.clock import SystemClock
from console.domain.errors import ConsoleError, TransientError
from console.domain.messages import ENGLISH, english
from console.domain.profile import Profile
from console.domain.secret import Secret
from console.net.exchange import ExchangeLog
from console.vendors.base import Backend, BackendSpec, Connection, FieldKind
from console.vendors.registry import backends

SPECS = list(backends().values())
CANARY = "c4nary-secret/+="


def closed_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def opened(spec: BackendSpec, exchanges: ExchangeLog | None = None) -> Backend:
    """A backend for a server that is not there."""
    fields = {field.id: field.default or "x" for field in spec.fields if field.kind is not FieldKind.SECRET}
    profile = Profile(
        id="p",  # type: ignore[arg-type]
        name="Nobody",
        backend=spec.id,
        url=f"http://127.0.0.1:{closed_port()}",
        fields=fields,
        proxy="none",
    )
    secrets = {field.id: Secret(CANARY) for field in spec.secret_fields}
    return spec.open(Connection(profile, secrets, SystemClock(), exchanges or ExchangeLog()))


def test_there_are_backends() -> None:
    assert {"chronicall", "xima"} <= set(backends())


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.id)
class TestSpec:
    """The declaration."""

    def test_it_is_complete(self, spec: BackendSpec) -> None:
        assert spec.id == spec.id.lower().strip()
        assert spec.title
        assert spec.url_example.startswith(("https://", "http://"))
        assert spec.allow

    def test_fields_are_well_formed(self, spec: BackendSpec) -> None:
        ids = [field.id for field in spec.fields]
        assert len(ids) == len(set(ids))
        assert spec.secret_fields
        for field in spec.fields:
            assert field.id.isidentifier()
            assert field.label
            if field.kind is FieldKind.CHOICE:
                assert field.default in [value for value, _ in field.choices]
            if field.kind is FieldKind.SECRET:
                assert field.default == ""

    def test_requests_read_and_name_their_purpose(self, spec: BackendSpec) -> None:
        for rule in spec.allow:
            assert rule.method in ("GET", "POST")
            assert rule.path.startswith("/")
            assert "?" not in rule.path
            assert rule.purpose


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.id)
class TestBackend:
    """An opened one, with nobody at the other end."""

    async def test_opening_does_no_work_and_closing_is_quick(self, spec: BackendSpec) -> None:
        backend = opened(spec)
        async with asyncio.timeout(2):
            await backend.aclose()

    async def test_an_absent_server_is_a_failure_that_may_pass(self, spec: BackendSpec) -> None:
        exchanges = ExchangeLog()
        backend = opened(spec, exchanges)
        with pytest.raises(TransientError) as caught:
            await backend.check()
        with pytest.raises(TransientError):
            async with contextlib.aclosing(backend.snapshots()) as feed:
                await anext(feed)
        await backend.aclose()
        assert caught.value.message.code in ENGLISH
        assert CANARY not in f"{english(caught.value.message)}{caught.value.detail}{exchanges.recent('p')!r}"

    async def test_a_missing_secret_is_said_plainly(self, spec: BackendSpec) -> None:
        profile = Profile(id="p", name="N", backend=spec.id, url="http://127.0.0.1:9", proxy="none")  # type: ignore[arg-type]
        with pytest.raises(ConsoleError):
            spec.open(Connection(profile, {}, SystemClock(), ExchangeLog()))

    async def test_leaving_the_feed_early_leaves_nothing_behind(self, spec: BackendSpec) -> None:
        before = asyncio.all_tasks()
        backend = opened(spec)
        feed = backend.snapshots()
        await feed.aclose()
        await backend.aclose()
        assert asyncio.all_tasks() == before


def test_declaring_backends_loads_nothing_heavy() -> None:
    code = (
        "import sys; from console.vendors.registry import backends; backends();"
        "print(','.join(n for n in ('httpx', 'websockets', 'msgspec', 'keyring', 'PySide6') if n in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
