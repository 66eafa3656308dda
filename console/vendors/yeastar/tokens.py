"""The token pair: at most one live access token, renewed before it ends, one flight for all, revoked at the end.

A PBX keeps at most eight tokens of one application and blocks addresses after a handful of failed sign-ins (vendor page
"Get Access Token"; the block's own page "Remove Blocked API IP Addresses"), so a refusal is final until a person acts,
and a full house is waited for. Tokens live in memory only.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import deque
from dataclasses import dataclass, replace

from console.domain.clock import Clock
from console.domain.errors import AuthError, ConsoleError, ProtocolError, ServerBusy, TransientError
from console.domain.messages import message
from console.domain.secret import Secret
from console.net.http import Request, VendorHttp
from console.net.redact import Redactor
from console.tasks import TaskScope
from console.vendors.yeastar.envelope import (
    OK,
    TOKEN_EXPIRED,
    Json,
    code_error,
    code_failure,
    error_number,
    unreadable,
    words,
)
from console.vendors.yeastar.fields import count, text
from console.vendors.yeastar.paths import DEL_TOKEN, GET_TOKEN, REFRESH_TOKEN
from console.vendors.yeastar.timing import Timing

ACCESS_S, REFRESH_S = 1800.0, 86_400.0  # the vendor's lives, where a reply does not say
KEPT_SECRETS = 8  # old tokens stay masked for a while
_UNAUTHORIZED = frozenset({"http.unauthorized", "http.revoked"})
_HEADERS = {"Content-Type": "application/json"}


class Credentials:
    """Client ID and secret as the transport knows them: nothing to add to a request, but nothing to show either."""

    def __init__(self, client_id: Secret, client_secret: Secret) -> None:
        self.client_id = client_id
        self.client_secret = client_secret

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """What must never be shown."""
        return (self.client_id, self.client_secret)

    def apply(self, headers: dict[str, str], query: list[tuple[str, str]]) -> None:
        """Nothing: the pair only travels in the body of a sign-in."""


@dataclass(frozen=True, slots=True)
class TokenPair:
    """One sign-in; times on the monotonic clock."""

    access: Secret
    refresh: Secret
    renew_at: float
    ends_at: float
    refresh_ends_at: float


class TokenKeeper:
    """Keeps the pair.

    Attributes:
        renewals: how often the access token has changed; the event socket follows it.
    """

    def __init__(
        self, http: VendorHttp, credentials: Credentials, clock: Clock, redactor: Redactor, timing: Timing
    ) -> None:
        self._http = http
        self._credentials = credentials
        self._clock = clock
        self._redactor = redactor
        self._timing = timing
        self._scope = TaskScope("yeastar.tokens")
        self._pair: TokenPair | None = None
        self._refused: ConsoleError | None = None
        self._full_until = 0.0
        self._flight: asyncio.Task[Secret | ConsoleError] | None = None
        self._masked: deque[Secret] = deque()
        self.renewals = 0

    async def token(self) -> Secret:
        """The access token; signs in or renews first where that is due.

        Raises:
            AuthError: the credentials are refused; from then on without asking again.
            ConsoleError: as of `VendorHttp.send`.
        """
        pair = self._pair
        if pair is not None and self._clock.monotonic() < pair.renew_at:
            return pair.access
        return await self._fly()

    async def renew(self, refused: Secret) -> Secret:
        """A token in place of one the server has refused; the one another call has got meanwhile, if any."""
        pair = self._pair
        if pair is not None and pair.access == refused:
            self._pair = replace(pair, renew_at=0.0, ends_at=0.0)
        return await self.token()

    async def aclose(self) -> None:
        """Give the token back, so that the server has a free place at once."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._timing.close_s):
                if self._flight is not None and not self._flight.done():
                    await asyncio.wait({self._flight})  # a sign-in under way would leave a token behind
                pair, self._pair = self._pair, None
                self._refused = AuthError(message("connect.closed", host=self._http.host))
                if pair is not None:
                    await self._revoke(pair.access)
        await self._scope.aclose(0.2)

    async def _fly(self) -> Secret:
        if self._refused is not None:
            raise self._refused
        self._flight = self._scope.single_flight("renew", self._outcome)
        outcome = await asyncio.shield(self._flight)
        if isinstance(outcome, ConsoleError):
            raise outcome
        return outcome

    async def _outcome(self) -> Secret | ConsoleError:
        """Renew; a failure is given back instead of raised, because nobody may be left to take it."""
        try:
            return await self._renewed()
        except ConsoleError as error:
            if isinstance(error, AuthError):
                self._refused = error
                self._pair = None
            return error

    async def _renewed(self) -> Secret:
        former, now = self._pair, self._clock.monotonic()
        if former is not None and now < former.renew_at:
            return former.access
        pair: TokenPair | None = None
        if former is not None and now < former.refresh_ends_at:
            try:
                pair = await self._ask(REFRESH_TOKEN, {"refresh_token": former.refresh.reveal()}, is_sign_in=False)
            except TransientError:
                if now >= former.ends_at:
                    raise
                # the present token still serves: try again a little later
                self._pair = replace(former, renew_at=min(former.ends_at, now + self._timing.refused_s / 2))
                return former.access
            except (ProtocolError, AuthError) as error:
                if isinstance(error, AuthError) and error.message.code not in _UNAUTHORIZED:
                    raise
                # a refresh token that no longer serves: one fresh sign-in
        if pair is None:
            pair = await self._sign_in()
        self._pair = pair
        self.renewals += 1
        self._mask(pair)
        if former is not None and now < former.ends_at:
            self._scope.start(self._revoke(former.access), "revoke")
        return pair.access

    async def _sign_in(self) -> TokenPair:
        wait = self._full_until - self._clock.monotonic()
        if wait > 0:
            raise ServerBusy(
                message("api.sessions_full", host=self._http.host, seconds=round(wait)), retry_after_s=wait
            )
        pair = self._credentials
        body = {"username": pair.client_id.reveal(), "password": pair.client_secret.reveal()}
        try:
            return await self._ask(GET_TOKEN, body, is_sign_in=True)
        except ServerBusy as error:
            if error.message.code == "api.sessions_full":
                self._full_until = self._clock.monotonic() + self._timing.full_s
            raise

    async def _ask(self, path: str, body: dict[str, str], *, is_sign_in: bool) -> TokenPair:
        content = json.dumps(body).encode()
        asked_at = self._clock.monotonic()
        reply = await self._http.send(Request("POST", path, headers=_HEADERS, body=content))
        answer = await self._http.decode_json(reply)
        what = "sign in" if is_sign_in else "renew the sign-in"
        number = error_number(answer)
        if number is None:
            raise unreadable(self._http.host, what)
        if number != OK:
            detail = words(answer, self._redactor)
            if number == TOKEN_EXPIRED:
                raise code_failure(number, host=self._http.host, what=what, detail=detail)
            raise code_error(
                number,
                host=self._http.host,
                what=what,
                full_s=self._timing.full_s,
                detail=detail,
                is_sign_in=is_sign_in,
            )
        return self._pair_of(answer, asked_at, what)

    def _pair_of(self, answer: Json, asked_at: float, what: str) -> TokenPair:
        access, refresh = text(answer.get("access_token")), text(answer.get("refresh_token"))
        if not access or not access.isascii() or not access.isprintable():
            raise unreadable(self._http.host, what)
        life = _life(answer.get("access_token_expire_time"), ACCESS_S)
        refresh_life = _life(answer.get("refresh_token_expire_time"), REFRESH_S) if refresh else 0.0
        early = min(self._timing.renew_before_s, life / 5)
        return TokenPair(
            Secret(access), Secret(refresh), asked_at + life - early, asked_at + life, asked_at + refresh_life
        )

    async def _revoke(self, token: Secret) -> None:
        with contextlib.suppress(ConsoleError):  # it ends by itself within half an hour
            await self._http.send(Request("GET", DEL_TOKEN, query=(("access_token", token.reveal()),)))

    def _mask(self, pair: TokenPair) -> None:
        for secret in (pair.access, pair.refresh):
            if secret:
                self._redactor.register(secret)
                self._masked.append(secret)
        while len(self._masked) > KEPT_SECRETS:
            self._redactor.forget(self._masked.popleft())


def _life(value: Json, usual: float) -> float:
    """Seconds a token lives; the vendor's own figure where the reply says nothing believable."""
    number = count(value)
    return usual if number is None or not 30 <= number <= 31 * 86_400 else float(number)
