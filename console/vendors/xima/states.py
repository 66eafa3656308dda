"""Agent states: the vendor's words as the console's, by a table.

The interface sends a state as free text. The words are those of the product's screens (Ready, Talking, Hold,
After Call Work, Do Not Disturb with reasons like ``DND: Restroom``) and of the phone systems behind them, so
everything here is inferred and the vendor's own word always stays visible.
"""

from __future__ import annotations

import re
from functools import lru_cache

from console.domain.enums import AgentStatus

_WORDS: dict[AgentStatus, str] = {
    AgentStatus.AVAILABLE: "ready|idle|available|free|waiting|ready for calls|ready for call",
    AgentStatus.RINGING: "ringing|ring|alerting|queue offer|offering|offered|presenting",
    AgentStatus.ON_CALL: "talking|on call|on a call|in call|hold|on hold|holding|connected|conference|conferencing"
    "|transfer|transfer hold|park|talking inbound|inbound call|busy talking",
    AgentStatus.OTHER_CALL: "dialing|dialling|calling|talking outbound|outbound call|talking internal|internal call"
    "|on other call|chat|chatting",
    AgentStatus.AFTER_CALL: "after call work|after-call work|after call|acw|wrap up|wrap-up|wrapup|wrap"
    "|missed call work|mcw",
    AgentStatus.PAUSED: "do not disturb|dnd|not ready|unavailable|away|aux|avaya cm aux|cisco dnd|shoretel release"
    "|release|released|paused|pause|break|lunch|meeting|training|coaching|restroom|out of office|busy",
    AgentStatus.LOGGED_OFF: "logged off|logged out|log off|log out|logout|logoff|offline|signed out|signed off"
    "|not logged in|logged-off|logged-out|unregistered",
}
_STATUS = {word: status for status, words in _WORDS.items() for word in words.split("|")}
_NO_REASON = frozenset(
    [
        "do not disturb",
        "dnd",
        "not ready",
        "unavailable",
        "aux",
        "avaya cm aux",
        "cisco dnd",
        "shoretel release",
        "release",
        "released",
        "paused",
        "pause",
        "busy",
        "away",
    ]
)
_SPLIT = re.compile(r"\s*(?::|\s-\s|–)\s*")
_BRACKETS = re.compile(r"\s*\(([^()]*)\)\s*$")


@lru_cache(maxsize=1024)
def agent_state(text: str) -> tuple[AgentStatus, str]:
    """The state behind a vendor's word and, for a pause, its reason; UNKNOWN for a word not in the table."""
    words = " ".join(text.split())
    if status := _STATUS.get(words.casefold()):
        has_reason = status is AgentStatus.PAUSED and words.casefold() not in _NO_REASON
        return status, words if has_reason else ""
    head, reason = _parts(words)
    status = _STATUS.get(head.casefold(), AgentStatus.UNKNOWN)
    return status, reason if status is AgentStatus.PAUSED else ""


def _parts(words: str) -> tuple[str, str]:
    if match := _BRACKETS.search(words):
        return words[: match.start()], match.group(1).strip()
    pieces = _SPLIT.split(words, maxsplit=1)
    return pieces[0], pieces[1].strip() if len(pieces) > 1 else ""
