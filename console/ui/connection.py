"""A connection's light in words: what its shape, colour and text say about a source right now. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from console.domain.board import Board, Source
from console.domain.enums import HealthState
from console.domain.messages import Message
from console.domain.model import Health
from console.domain.profile import Profile
from console.domain.text import format_age
from console.ui.text import tr, translate


class LightTone(StrEnum):
    """What a light's colour means; each tone has a shape of its own."""

    GOOD = "good"
    QUIET = "quiet"
    CAUTION = "caution"
    CRITICAL = "critical"


# the ways to sign in wrongly are different work for the person who reads it
_WORDS: Final = {
    "http.forbidden": "not permitted",
    "secret.missing": "secret missing",
    "secret.locked": "secret store locked",
    "secret.host_changed": "secret missing",
    "tls.untrusted": "certificate not trusted",
    "tls.name": "certificate not trusted",
    "tls.pin": "certificate changed",
    "tls.expired": "certificate not valid",
    "tls.plain_http": "needs https",
    "metrics.none": "no metrics yet",
}


@dataclass(frozen=True, slots=True)
class Light:
    """How a connection looks: `word` beside the shape, `todo` the one line below when something needs an act."""

    state: HealthState
    tone: LightTone
    word: str
    todo: Message | None = None
    detail: str = ""

    @property
    def spoken(self) -> str:
        """The whole of it for a screen reader."""
        return f"{self.word}. {translate(self.todo)}" if self.todo is not None else self.word


def light(health: Health, mono: float) -> Light:
    """The light of a connection at a monotonic second."""
    state = health.state_at(mono)
    age = health.age_s(mono)
    if state is HealthState.LIVE:
        return Light(state, LightTone.GOOD, tr("live {age}", age=format_age(age or 0.0)))
    if state is HealthState.STALE:
        word = tr("stale {age}", age=format_age(age or 0.0))
        return Light(state, LightTone.CAUTION, word, health.message, health.detail)
    if state is HealthState.WARMING:
        return Light(state, LightTone.QUIET, tr("warming up"), health.message, health.detail)
    return Light(
        state, LightTone.CRITICAL, trouble_word(health) + _next_try(health, mono), health.message, health.detail
    )


def unasked_board(profiles: Iterable[Profile], at: datetime) -> Board:
    """What can be said before anything has been asked: the enabled connections are warming up."""
    return Board(
        tuple(
            Source(profile, "", None, Health(HealthState.WARMING, at, cadence_s=profile.poll_s))
            for profile in profiles
            if profile.enabled
        )
    )


def trouble_word(health: Health) -> str:
    """What is wrong with a connection, in two or three words."""
    if health.message is not None and health.message.code in _WORDS:
        return tr(_WORDS[health.message.code])
    words = {HealthState.REFUSED: tr("sign-in refused"), HealthState.UNREACHABLE: tr("unreachable")}
    return words.get(health.state, tr("error"))


def _next_try(health: Health, mono: float) -> str:
    if health.next_try_mono is None:
        return ""
    left = math.ceil(health.next_try_mono - mono)
    return tr(", next try in {age}", age=format_age(left)) if left > 0 else tr(", trying now")
