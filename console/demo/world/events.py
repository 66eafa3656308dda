"""The event log: what a record is, which kinds exist, and its JSON form.

A record is a plain tuple, because a large floor writes a million of them:
``(t, kind, call, queue, agent, text, ref)`` with ``t`` in epoch milliseconds, ``call`` a number unique within
its day, ``queue`` and ``agent`` positions in the site's lists, and -1 or None where a field has no meaning.
What ``text`` and ``ref`` hold is said beside each kind; references are positions in the site's directory.
A call number stands for one leg; legs of one caller are joined by ``ref`` of ENTER, TRANSFER, OVERFLOW and CB_DIAL.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from console.demo.world.directory import Directory

Event = tuple[int, int, int, int, int, "str | None", int]

ENTER: Final = 0  # a call enters a queue; text = caller number, ref = call it was transferred or overflowed from
RING: Final = 1  # the call is offered to an agent, whose phone rings
NO_ANSWER: Final = 2  # the agent let it ring; the call is back in its queue at its old place
ANSWER: Final = 3
HOLD: Final = 4
RETRIEVE: Final = 5
TRANSFER: Final = 6  # the agent passes the caller on; text = blind or attended, ref = call number of the next leg
ABANDON: Final = 7  # the caller hangs up unanswered; agent = whose phone was ringing, if any
VOICEMAIL: Final = 8  # waited too long, sent to voicemail: unanswered but not abandoned
END: Final = 9  # an answered call is over, after-call work starts; text = account code, ref = who hung up
READY: Final = 10  # the agent is available
PAUSE: Final = 11  # the agent takes no calls; text = reason
LOGIN: Final = 12
LOGOUT: Final = 13
OUT_DIAL: Final = 14  # the agent dials out; text = number, ref = outbound caller id
OUT_ANSWER: Final = 15
OUT_END: Final = 16  # text = account code, ref = result (see RESULTS)
INT_DIAL: Final = 17  # the agent calls another extension, which rings; ref = that extension
INT_ANSWER: Final = 18
INT_END: Final = 19
ARRIVE: Final = 20  # a call from outside reaches a DID; text = caller number, ref = DID
IVR: Final = 21  # the caller hears a menu; ref = IVR
IVR_KEY: Final = 22  # text = key, ref = IVR
IVR_TIMEOUT: Final = 23  # no key in time, the menu starts again; ref = IVR
IVR_HANGUP: Final = 24  # the caller hangs up in the menu; ref = IVR
OVERFLOW: Final = 25  # waited too long, moves to another queue; ref = call number of the next leg
EXIT_KEY: Final = 26  # the caller presses a key to leave the queue for voicemail; text = key
EXIT_TIMEOUT: Final = 27  # waited too long, the queue hangs up
EXIT_EMPTY: Final = 28  # nobody is logged in to the queue, the queue hangs up
CALLBACK: Final = 29  # the caller asks to be called back and leaves the queue; text = key
CB_DIAL: Final = 30  # an agent calls back under a new call number; text = number, ref = call that asked for it
CB_ANSWER: Final = 31
CB_END: Final = 32  # text = account code, ref = result (see RESULTS)
CB_RESULT: Final = 33  # the callback is settled, on the call that asked for it; ref = result
SURVEY: Final = 34  # one question answered after the call; text = question id, ref = score
MESSAGE: Final = 35  # a voicemail message ends here; text = extension whose mailbox it is, ref = length in ms
TAG: Final = 36  # the agent tags the call that just ended; text = tag
GROUP_RING: Final = 37  # a ring group is called; ref = ring group
GROUP_MISS: Final = 38  # nobody of the group answered; ref = ring group
EXT_RING: Final = 39  # an extension rings; text = who calls, ref = extension, agent = whose it is if engaged by it
EXT_ANSWER: Final = 40  # ref = extension
EXT_MISS: Final = 41  # it rang and was not answered; text = no_answer or elsewhere, ref = extension
EXT_BUSY: Final = 42  # the extension is busy and does not ring; ref = extension
EXT_END: Final = 43  # text = caller or extension: who hung up; ref = extension
OFFICE_CALL: Final = 44  # an extension outside the queues calls another one; text = its number

LOST: Final = frozenset((ABANDON, VOICEMAIL, OVERFLOW, EXIT_KEY, EXIT_TIMEOUT, EXIT_EMPTY, CALLBACK))
"""Every way to leave a queue without an agent."""
RESULTS: Final = ("answered", "no_answer", "busy", "failed")
"""Results of a call out, by number."""
SIDES: Final = ("caller", "agent")
"""Who hung up, by number."""

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
    "arrive",
    "ivr",
    "ivr_key",
    "ivr_timeout",
    "ivr_hangup",
    "overflow",
    "exit_key",
    "exit_timeout",
    "exit_empty",
    "callback",
    "callback_dial",
    "callback_answer",
    "callback_end",
    "callback_result",
    "survey",
    "message",
    "tag",
    "group_ring",
    "group_miss",
    "ext_ring",
    "ext_answer",
    "ext_miss",
    "ext_busy",
    "ext_end",
    "office_call",
)
"""The name of each kind, by its number."""

_TEXT_FIELD: Final = {
    ENTER: "number",
    OUT_DIAL: "number",
    END: "account_code",
    OUT_END: "account_code",
    PAUSE: "reason",
    TRANSFER: "kind",
    ARRIVE: "number",
    IVR_KEY: "key",
    EXIT_KEY: "key",
    CALLBACK: "key",
    CB_DIAL: "number",
    CB_END: "account_code",
    SURVEY: "question",
    MESSAGE: "mailbox",
    TAG: "tag",
    EXT_RING: "number",
    EXT_MISS: "why",
    EXT_END: "hung_up_by",
    OFFICE_CALL: "caller",
}
_REF_FIELD: Final = {
    ENTER: "transferred_from",
    TRANSFER: "next_call",
    OVERFLOW: "next_call",
    CB_DIAL: "callback_of",
    SURVEY: "score",
    MESSAGE: "duration_ms",
}
_REF_WORD: Final = {
    END: ("hung_up_by", SIDES),
    OUT_END: ("result", RESULTS),
    CB_END: ("result", RESULTS),
    CB_RESULT: ("result", RESULTS),
}
_INTERNAL: Final = frozenset((INT_DIAL, INT_ANSWER, INT_END))
_MENU: Final = frozenset((IVR, IVR_KEY, IVR_TIMEOUT, IVR_HANGUP))
_GROUP: Final = frozenset((GROUP_RING, GROUP_MISS))
_EXTENSION: Final = frozenset((EXT_RING, EXT_ANSWER, EXT_MISS, EXT_BUSY, EXT_END))


def as_json(
    event: Event, queue_names: list[str], agent_keys: list[str], book: Directory | None = None
) -> dict[str, Any]:
    """Give one record as a JSON object with names in place of positions; absent fields are left out.

    Always ``t`` (epoch ms) and ``event``; where they apply ``call``, ``queue`` (name), ``agent`` (key). With a
    ``book`` DIDs, trunks, outbound caller ids, menus, groups and extensions are told by number or name, as in
    ``GET /site``; without one by position.
    """
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
        _tell_ref(out, kind, ref, agent_keys, book)
    return out


def _tell_ref(out: dict[str, Any], kind: int, ref: int, agent_keys: list[str], book: Directory | None) -> None:
    if kind in _INTERNAL:
        if book is not None:
            out["other"] = book.extensions[ref].key
        else:
            out["other"] = agent_keys[ref] if ref < len(agent_keys) else ref
    elif kind in _REF_WORD:
        name, words = _REF_WORD[kind]
        out[name] = words[ref]
    elif kind in _MENU:
        out["ivr"] = ref if book is None else book.ivrs[ref].number
    elif kind in _GROUP:
        out["ring_group"] = ref if book is None else book.ring_groups[ref].number
    elif kind in _EXTENSION:
        out["extension"] = ref if book is None else book.extensions[ref].number
    elif kind == ARRIVE:
        _tell_did(out, ref, book)
    elif kind == OUT_DIAL:
        out["dod"] = ref if book is None else book.dods[ref].number
        if book is not None:
            out["trunk"] = book.trunks[book.dods[ref].trunk].name
    else:
        out[_REF_FIELD[kind]] = ref


def _tell_did(out: dict[str, Any], ref: int, book: Directory | None) -> None:
    if book is None:
        out["did"] = ref
        return
    did = book.dids[ref]
    out["did"] = did.number
    out["trunk"] = book.trunks[did.trunk].name
    out["tag"] = did.tag
    out["url"] = did.url
