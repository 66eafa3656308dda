"""The event log: what a record is, which kinds exist, and its JSON form.

A record is a plain tuple, because a large floor writes a million of them:
``(t, kind, call, queue, agent, text, ref)`` with ``t`` in epoch milliseconds, ``call`` a number unique within
its day, ``queue`` and ``agent`` positions in the site's lists, and -1 or None where a field has no meaning.
"""

from __future__ import annotations

from typing import Any, Final

Event = tuple[int, int, int, int, int, "str | None", int]

ENTER: Final = 0  # a call enters a queue; text = caller number, ref = call it was transferred from
RING: Final = 1  # the call is offered to an agent, whose phone rings
NO_ANSWER: Final = 2  # the agent let it ring; the call is back in its queue at its old place
ANSWER: Final = 3
HOLD: Final = 4
RETRIEVE: Final = 5
TRANSFER: Final = 6  # the agent passes the caller on; ref = the call number of the next leg
ABANDON: Final = 7  # the caller hangs up unanswered; agent = whose phone was ringing, if any
VOICEMAIL: Final = 8  # waited too long, sent to voicemail: unanswered but not abandoned
END: Final = 9  # an answered call is over, its agent starts after-call work; text = account code
READY: Final = 10  # the agent is available
PAUSE: Final = 11  # the agent takes no calls; text = reason
LOGIN: Final = 12
LOGOUT: Final = 13
OUT_DIAL: Final = 14  # the agent dials out; text = number
OUT_ANSWER: Final = 15
OUT_END: Final = 16  # text = account code
INT_DIAL: Final = 17  # the agent calls another agent, whose phone rings; ref = that agent
INT_ANSWER: Final = 18
INT_END: Final = 19

NAMES: Final[tuple[str, ...]] = (
    "enter",
    "ring",
    "no_answer",
    "answer",
    "hold",
    "retrieve",
    "transfer",
    "abandon",
    "voicemail",
    "end",
    "ready",
    "pause",
    "login",
    "logout",
    "out_dial",
    "out_answer",
    "out_end",
    "int_dial",
    "int_answer",
    "int_end",
)
"""The name of each kind, by its number."""

_TEXT_FIELD: Final = {
    ENTER: "number",
    OUT_DIAL: "number",
    END: "account_code",
    OUT_END: "account_code",
    PAUSE: "reason",
}
_REF_FIELD: Final = {ENTER: "transferred_from", TRANSFER: "next_call", INT_DIAL: "other", INT_ANSWER: "other"}
_REF_FIELD[INT_END] = "other"


def as_json(event: Event, queue_names: list[str], agent_keys: list[str]) -> dict[str, Any]:
    """Give one record as a JSON object with names in place of positions; absent fields are left out."""
    t, kind, call, queue, agent, text, ref = event
    out: dict[str, Any] = {"t": t, "event": NAMES[kind]}
    if call >= 0:
        out["call"] = call
    if queue >= 0:
        out["queue"] = queue_names[queue]
    if agent >= 0:
        out["agent"] = agent_keys[agent]
    if text is not None:
        out[_TEXT_FIELD[kind]] = text
    if ref >= 0:
        out[_REF_FIELD[kind]] = agent_keys[ref] if kind in (INT_DIAL, INT_ANSWER, INT_END) else ref
    return out
