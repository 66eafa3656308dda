"""Secrets: the OS keyring, this session's memory and the environment, behind one facade.

Order: environment, this session, keyring. Nothing here logs a secret or puts one into an error.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, Protocol, TypeVar

from console.domain.errors import SecretStoreError, UserError
from console.domain.messages import Message, message
from console.domain.model import ProfileId
from console.domain.profile import Profile
from console.domain.secret import Secret
from console.settings.worker import Abandoned, Worker

if TYPE_CHECKING:
    from console.settings.keyrings import Ring

T = TypeVar("T")

SERVICE: Final = "supervisor-console"  # a file format, version 1: entries are found by it for ever
CALL_LIMIT_S: Final = 10.0
LENGTH_LIMIT: Final = 1280  # UTF-16 units: the Windows Credential Manager keeps 2,560 bytes
VARIABLE_PREFIX: Final = "SUPERVISOR_CONSOLE_SECRET_"
VARIABLE_PATTERN: Final = f"{VARIABLE_PREFIX}<PROFILE>_<FIELD>"

# a store of that kind holds nothing of ours, so a question to it has the answer "not known"
_HOLDS_NOTHING: Final = frozenset({"secret.no_store", "secret.foreign_store"})


@dataclass(frozen=True, slots=True)
class StoreOutcome:
    """Where a secret went, and what the user should know about it (a fallback first, then notices)."""

    stored_in: Literal["keyring", "session"]
    messages: tuple[Message, ...] = ()

    @property
    def message(self) -> Message | None:
        """The most important sentence, or None when all went as usual."""
        return self.messages[0] if self.messages else None

    @property
    def is_fallback(self) -> bool:
        """Whether the keyring was wanted and could not be used."""
        return self.stored_in == "session" and any(m.code not in ("secret.trimmed",) for m in self.messages)


@dataclass(frozen=True, slots=True)
class StoreInfo:
    """What keeps secrets, for a diagnostics page: its name, whether it can be used, and one sentence."""

    name: str
    usable: bool
    message: Message


class SecretStore(Protocol):
    """Keeps secrets by profile id and field id."""

    async def get(self, profile_id: ProfileId, field: str) -> Secret | None:
        """The secret, or None; raises SecretStoreError."""
        ...

    async def set(self, profile_id: ProfileId, field: str, secret: Secret) -> StoreOutcome:
        """Keep a secret; raises SecretStoreError when it could not."""
        ...

    async def delete(self, profile_id: ProfileId, field: str) -> None:
        """Forget a secret; what is not there is no error. Raises SecretStoreError."""
        ...

    async def describe(self) -> StoreInfo:
        """Name and state; never raises."""
        ...


class MemoryStore:
    """Keeps secrets until the program ends."""

    def __init__(self) -> None:
        self._secrets: dict[tuple[str, str], Secret] = {}

    async def get(self, profile_id: ProfileId, field: str) -> Secret | None:
        """See `SecretStore.get`."""
        return self._secrets.get((profile_id, field))

    async def set(self, profile_id: ProfileId, field: str, secret: Secret) -> StoreOutcome:
        """See `SecretStore.set`."""
        self._secrets[profile_id, field] = secret
        return StoreOutcome("session")

    async def delete(self, profile_id: ProfileId, field: str) -> None:
        """See `SecretStore.delete`."""
        self.drop(profile_id, field)

    def drop(self, profile_id: ProfileId, field: str) -> None:
        """Forget a secret at once."""
        self._secrets.pop((profile_id, field), None)

    async def describe(self) -> StoreInfo:
        """See `SecretStore.describe`."""
        return StoreInfo("this session", True, message("secret.memory_only"))


class KeyringStore:
    """The operating system's keyring, on a daemon thread of its own with a limit per call.

    Args:
        find: gives the back end; blocks, runs on the thread. Default: the trusted keyring of this session.
        limit_s: seconds a call may take.
    """

    def __init__(self, find: Callable[[], Ring] | None = None, limit_s: float = CALL_LIMIT_S) -> None:
        self._find = find
        self._limit_s = limit_s
        self._worker = Worker("keyring", limit_s)
        self._ring: Ring | None = None

    async def get(self, profile_id: ProfileId, field: str) -> Secret | None:
        """The stored secret or None; raises SecretStoreError (no_store, foreign_store, locked, slow)."""
        user = entry_name(profile_id, field)
        return await self._call(lambda: self._read(user))

    async def set(self, profile_id: ProfileId, field: str, secret: Secret) -> StoreOutcome:
        """Write, read back, compare. Raises SecretStoreError also when something else came back (unverified).

        A write that ends after it was given up is taken back, because the user was told that nothing is stored.
        """
        check_length(field, secret)
        user = entry_name(profile_id, field)
        verified = await self._call(lambda: self._write(user, secret), undo=lambda: self._erase(user))
        if not verified:
            raise SecretStoreError(message("secret.unverified", field=field))
        return StoreOutcome("keyring")

    async def delete(self, profile_id: ProfileId, field: str) -> None:
        """Delete the entry if there is one; raises SecretStoreError when the store cannot be used."""
        user = entry_name(profile_id, field)
        await self._call(lambda: self._erase(user))

    async def describe(self) -> StoreInfo:
        """The back end's name, or why it cannot be used; asks it a question, which may make it ask for its password."""
        try:
            name = await self._call(self._name)
        except SecretStoreError as exc:
            return StoreInfo("none", False, exc.message)
        return StoreInfo(name, True, message("secret.store_name", name=name))

    def close(self) -> None:
        """Let the thread go; a call that hangs does not hold the program up."""
        self._worker.close()

    async def _call(self, call: Callable[[], T], undo: Callable[[], object] | None = None) -> T:
        try:
            return await self._worker.run(call, undo=undo)
        except Abandoned:
            failure = SecretStoreError(message("secret.slow", seconds=f"{self._limit_s:g}"))
        except Exception as exc:
            from console.settings.keyrings import classified

            failure = classified(exc)
        # raised out here, it has no context: a back end's exception may carry the secret as an argument
        raise failure

    def _open(self) -> Ring:
        from console.settings.keyrings import find_ring

        if self._ring is None:  # an absent store may appear later, so only a present one is remembered
            self._ring = find_ring() if self._find is None else self._find()
        return self._ring

    def _read(self, user: str) -> Secret | None:
        text = self._open().get_password(SERVICE, user)
        return Secret(text) if text else None

    def _write(self, user: str, secret: Secret) -> bool:
        ring = self._open()
        ring.set_password(SERVICE, user, secret.reveal())
        if ring.get_password(SERVICE, user) == secret.reveal():
            return True
        self._erase(user)
        return False

    def _erase(self, user: str) -> None:
        ring = self._open()
        if ring.get_password(SERVICE, user) is not None:
            ring.delete_password(SERVICE, user)

    def _name(self) -> str:
        from console.settings.keyrings import title

        ring = self._open()
        ring.get_password(SERVICE, "probe")
        return title(ring)


class EnvironmentSecrets:
    """Secrets from variables ``SUPERVISOR_CONSOLE_SECRET_<PROFILE>_<FIELD>``, for use without a screen.

    Args:
        environ: the variables; default are this process's own, read at each question.
    """

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        self._environ = environ

    def get(self, profile_name: str, field: str) -> Secret | None:
        """The variable's value without outer white space; an empty one counts as not set."""
        environ = os.environ if self._environ is None else self._environ
        text = environ.get(variable_name(profile_name, field), "").strip()
        return Secret(text) if text else None


class Secrets:
    """What the rest of the program asks: the environment first, then this session, then the keyring.

    Args:
        keyring: the lasting store; None keeps everything for this session, without a word (a demo).
        environment: variables that win over the stores.
        watch: told of every secret that passes, so that logs can be cleaned of it by value.
    """

    def __init__(
        self,
        keyring: SecretStore | None,
        *,
        environment: EnvironmentSecrets | None = None,
        watch: Callable[[Secret], None] | None = None,
    ) -> None:
        self._keyring = keyring
        self._session = MemoryStore()
        self._environment = environment if environment is not None else EnvironmentSecrets()
        self._watch = watch or (lambda secret: None)

    @classmethod
    def in_memory(cls, *, watch: Callable[[Secret], None] | None = None) -> Secrets:
        """Secrets of a demo: no keyring, no variables."""
        return cls(None, environment=EnvironmentSecrets({}), watch=watch)

    async def get(self, profile: Profile, field: str) -> Secret | None:
        """The secret, or None when it is not known.

        A computer without a usable store knows none; a store that is locked or does not answer raises
        SecretStoreError, because the secret may well be in it.
        """
        found = self._environment.get(profile.name, field) or await self._session.get(profile.id, field)
        if found is None and self._keyring is not None:
            try:
                found = await self._keyring.get(profile.id, field)
            except SecretStoreError as exc:
                if exc.message.code not in _HOLDS_NOTHING:
                    raise
        if found is not None:
            self._watch(found)
        return found

    async def get_all(self, profile: Profile, fields: Iterable[str]) -> dict[str, Secret]:
        """The known secrets among `fields`, by field; raises SecretStoreError like `get`."""
        found = {field: await self.get(profile, field) for field in fields}
        return {field: secret for field, secret in found.items() if secret is not None}

    async def put(
        self, profile: Profile, field: str, secret: Secret, *, session_only: bool = False, label: str = ""
    ) -> StoreOutcome:
        """Keep a secret: in the keyring, or for this session when the user wants so or the keyring fails.

        Args:
            label: the field's name on screen, for the sentences.

        Raises:
            UserError: it is empty (secret.empty), or too long for every keyring (secret.too_long).
        """
        trimmed = trim(label or field, secret)
        self._watch(trimmed)
        notices = () if trimmed == secret else (message("secret.trimmed", field=label or field),)
        if session_only or self._keyring is None:
            await self._session.set(profile.id, field, trimmed)
            return StoreOutcome("session", (*await self._forget_stored(profile, field), *notices))
        check_length(label or field, trimmed)
        try:
            outcome = await self._keyring.set(profile.id, field, trimmed)
        except SecretStoreError as exc:
            await self._session.set(profile.id, field, trimmed)
            return StoreOutcome("session", (_told(exc.message, profile, field, label), *notices))
        await self._session.delete(profile.id, field)  # or it would hide what is stored now
        return StoreOutcome(outcome.stored_in, (*outcome.messages, *notices))

    async def forget(self, profile: Profile, fields: Iterable[str]) -> tuple[Message, ...]:
        """Forget a profile's secrets everywhere but in the environment; gives what could not be done."""
        problems: list[Message] = []
        for field in fields:
            await self._session.delete(profile.id, field)
            problems.extend(await self._forget_stored(profile, field))
        return tuple(dict.fromkeys(problems))

    def forget_session(self, profile: Profile, fields: Iterable[str]) -> None:
        """Forget what this session alone keeps of a profile's secrets."""
        for field in fields:
            self._session.drop(profile.id, field)

    async def copy(self, source: Profile, target: Profile, fields: Iterable[str]) -> tuple[Message, ...]:
        """Give a duplicated profile the secrets of its original; each goes to the kind of store it came from.

        A secret from the environment is not copied: it belongs to whoever set the variable. Raises SecretStoreError
        when the original's cannot be read.
        """
        told: list[Message] = []
        for field in fields:
            kept = await self._session.get(source.id, field)
            if kept is not None:
                await self._session.set(target.id, field, kept)
                continue
            stored = None
            if self._keyring is not None:
                try:
                    stored = await self._keyring.get(source.id, field)
                except SecretStoreError as exc:
                    if exc.message.code not in _HOLDS_NOTHING:
                        raise
            if stored is not None:
                told.extend((await self.put(target, field, stored)).messages)
        return tuple(dict.fromkeys(told))

    def has_variable(self, profile: Profile, field: str) -> bool:
        """Whether the environment gives this secret."""
        return self._environment.get(profile.name, field) is not None

    def close(self) -> None:
        """End the keyring's thread."""
        if isinstance(self._keyring, KeyringStore):
            self._keyring.close()

    async def describe(self) -> StoreInfo:
        """What keeps secrets here, for a diagnostics page; never raises."""
        return await (self._session if self._keyring is None else self._keyring).describe()

    @staticmethod
    def missing(profile: Profile, field: str, label: str = "") -> Message:
        """The sentence for a secret nobody knows, with the variable that would give it."""
        variable = variable_name(profile.name, field)
        return message("secret.missing", field=label or field, profile=profile.name, variable=variable)

    async def _forget_stored(self, profile: Profile, field: str) -> tuple[Message, ...]:
        if self._keyring is None:
            return ()
        try:
            await self._keyring.delete(profile.id, field)
        except SecretStoreError as exc:
            return () if exc.message.code in _HOLDS_NOTHING else (exc.message,)
        return ()


def entry_name(profile_id: ProfileId, field: str) -> str:
    """The user name of a keyring entry: ``<profile id>/<field>``."""
    return f"{profile_id}/{field}"


def variable_name(profile_name: str, field: str) -> str:
    """The environment variable of a secret: upper case, every character but A-Z and 0-9 is ``_``."""
    joined = f"{profile_name}_{field}".upper()
    return VARIABLE_PREFIX + "".join(char if char.isascii() and char.isalnum() else "_" for char in joined)


def utf16_units(text: str) -> int:
    """How long a text is to the Windows Credential Manager."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def trim(field: str, secret: Secret) -> Secret:
    """The secret without white space around it; raises UserError (secret.empty) when nothing is left."""
    text = secret.reveal().strip()
    if not text:
        raise UserError(message("secret.empty", field=field))
    return Secret(text)


def check_length(field: str, secret: Secret) -> None:
    """Raise UserError (secret.too_long) for what some keyring could not keep."""
    if utf16_units(secret.reveal()) > LENGTH_LIMIT:
        raise UserError(message("secret.too_long", field=field, limit=LENGTH_LIMIT))


def _told(msg: Message, profile: Profile, field: str, label: str) -> Message:
    """A store's failure as what it means here: the secret is kept for this session."""
    if msg.code == "secret.locked":
        return message("secret.session_locked", variable=variable_name(profile.name, field))
    args = dict(msg.args)
    if "variable" in args:
        args["variable"] = variable_name(profile.name, field)
    if "field" in args:
        args["field"] = label or field
    return Message(msg.code, args)
