"""Agent states: the words of the realtime answer as the console's.

``not in use``, ``busy``, ``ringing`` and ``dialout`` are proved by the vendor's own scripts; the rest are words of
the phone system behind it. A pause is a field of its own and does not end a call: paused and busy is a call. The
pauses Hold, Wrapup and Login are bookkeeping of the product, not breaks.
"""

from __future__ import annotations

from functools import lru_cache

from console.domain.enums import AgentStatus
from console.vendors.asternic.wire import Json, scalar_text

_WORDS: dict[AgentStatus, str] = {
    AgentStatus.AVAILABLE: "not in use|idle|free|available",
    AgentStatus.RINGING: "ringing|ring",
    AgentStatus.ON_CALL: "busy|in use|inuse|on hold|onhold|hold|ring+inuse|ringing in use|in call|ringinuse",
    AgentStatus.OTHER_CALL: "dialout",
    AgentStatus.PAUSED: "paused",
    AgentStatus.LOGGED_OFF: "unavailable|logged off|logged out|logoff|invalid|unreachable",
}
_STATUS = {word: status for status, words in _WORDS.items() for word in words.split("|")}
IN_CALL = frozenset({AgentStatus.RINGING, AgentStatus.ON_CALL, AgentStatus.OTHER_CALL})
BOOKKEEPING = {"hold": AgentStatus.ON_CALL, "wrapup": AgentStatus.AFTER_CALL, "login": None}

# of several queues' views of one person, the first of these is what the person is doing
PRECEDENCE = (
    AgentStatus.ON_CALL,
    AgentStatus.OTHER_CALL,
    AgentStatus.RINGING,
    AgentStatus.AFTER_CALL,
    AgentStatus.AVAILABLE,
    AgentStatus.PAUSED,
    AgentStatus.UNKNOWN,
    AgentStatus.LOGGED_OFF,
)


def paused(raw: Json) -> bool | None:
    """The ``paused`` field; None when it is neither yes nor no (one imitation puts a penalty there)."""
    if raw == "0" or raw is None:
        return False
    if isinstance(raw, bool):
        return raw
    text = scalar_text(raw).strip().casefold()
    if text in ("1", "yes", "true"):
        return True
    return False if text in ("0", "", "no", "false") and not isinstance(raw, (dict, list)) else None


def agent_state(word: str, pause: Json, reason: str) -> AgentStatus:
    """What an agent does, from one queue's point of view.

    Args:
        word: the ``status`` field.
        pause: the ``paused`` field as sent.
        reason: the pause reason (``auxType``), empty for none.
    """
    return _judge(word, paused(pause), reason)


@lru_cache(maxsize=4096)
def _judge(word: str, is_paused: bool | None, reason: str) -> AgentStatus:
    status = _STATUS.get(" ".join(word.casefold().split()), AgentStatus.UNKNOWN)
    if status in IN_CALL:
        return status
    if is_paused is None:
        return AgentStatus.UNKNOWN if status is AgentStatus.AVAILABLE else status
    if is_paused:
        instead = BOOKKEEPING.get(reason.strip().casefold(), AgentStatus.PAUSED)
        return status if instead is None else instead
    return status
