"""The token desk: pairs of tokens, at most eight alive, and a block for whoever guesses."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from console.demo.servers.yeastar_quirks import Quirks


@dataclass
class Pair:
    """One sign-in: an access token, a refresh token, and when each ends (ms)."""

    access_until: int
    refresh_until: int
    access: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)
    refresh: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)


class TokenDesk:
    """Hands tokens out and takes them back. Each answer is an error code of the vendor's table and perhaps a pair."""

    def __init__(self, quirks: Quirks, now_ms: Callable[[], int]) -> None:
        self.client_id = secrets.token_hex(16)
        self.client_secret = secrets.token_hex(16)
        self.failures = 0
        self.sign_ins = 0
        self.refreshes = 0
        self.most_alive = 0
        self._quirks = quirks
        self._now = now_ms
        self._pairs: list[Pair] = []
        self._lone: dict[str, int] = {}  # access tokens whose pair was refreshed, and when they end

    @property
    def alive(self) -> int:
        """How many access tokens are valid now."""
        self._forget()
        return sum(pair.access_until > self._now() for pair in self._pairs) + len(self._lone)

    def sign_in(self, username: object, password: object) -> tuple[int, Pair | None]:
        """``get_token``."""
        if self.failures >= self._quirks.blocks_after:
            return 70004, None
        if not (_same(username, self.client_id) and _same(password, self.client_secret)):
            self.failures += 1
            return -1, None
        self.failures = 0
        if self.alive >= self._quirks.most_tokens:
            return 60002, None
        self.sign_ins += 1
        return 0, self._new()

    def refresh(self, token: object) -> tuple[int, Pair | None]:
        """``refresh_token``; a refresh token serves once."""
        self._forget()
        for pair in self._pairs:
            if _same(token, pair.refresh):
                self._pairs.remove(pair)
                if self._quirks.keeps_old_token and pair.access_until > self._now():
                    self._lone[pair.access] = pair.access_until
                self.refreshes += 1
                return 0, self._new()
        return 10004, None

    def revoke(self, access: str) -> bool:
        """``del_token``; tells whether there was such a token."""
        self._forget()
        if self._lone.pop(access, None) is not None:
            return True
        found = [pair for pair in self._pairs if _same(access, pair.access)]
        for pair in found:
            self._pairs.remove(pair)
        return bool(found)

    def accepts(self, access: str) -> bool:
        """Whether an access token is valid now."""
        self._forget()
        now = self._now()
        return access in self._lone or any(
            _same(access, pair.access) and pair.access_until > now for pair in self._pairs
        )

    def expire(self, *, refresh_too: bool = False) -> None:
        """Let all access tokens run out now, and the refresh tokens with them if wanted."""
        self._lone.clear()
        for pair in self._pairs:
            pair.access_until = self._now()
            if refresh_too:
                pair.refresh_until = self._now()
        self._forget()

    def renew_secret(self) -> None:
        """The administrator makes a new client secret: everything handed out ends."""
        self.client_secret = secrets.token_hex(16)
        self._pairs.clear()
        self._lone.clear()

    def _new(self) -> Pair:
        now = self._now()
        pair = Pair(now + self._quirks.access_s * 1000, now + self._quirks.refresh_s * 1000)
        self._pairs.append(pair)
        self.most_alive = max(self.most_alive, self.alive)
        return pair

    def _forget(self) -> None:
        now = self._now()
        self._pairs = [pair for pair in self._pairs if pair.refresh_until > now]
        self._lone = {token: until for token, until in self._lone.items() if until > now}


def _same(given: object, known: str) -> bool:
    return isinstance(given, str) and hmac.compare_digest(given.encode("utf-8", "surrogateescape"), known.encode())
