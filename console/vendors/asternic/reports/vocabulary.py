"""The words of the queue log and what their parameters mean (page "Queue Logs" of the phone system's documentation).

The interface calls the parameters ``info1`` to ``info5``. Ring times of calls nobody took are milliseconds, those of
``CONNECT`` seconds; the wait of ``EXITWITHKEY`` stands one place further than that of the other exits; transfers keep
hold and talk in the third and fourth place.
"""

from __future__ import annotations

from dataclasses import dataclass

from console.domain.callflow import EventKind

MS, S = "ms", "s"


@dataclass(frozen=True, slots=True)
class Word:
    """One word of the log.

    Attributes:
        infos: what ``info1`` and so on are; ``ms`` or ``s`` behind a name makes it a duration, empty means unknown.
    """

    kind: EventKind
    infos: tuple[str, ...] = ()

    def place(self, name: str) -> int | None:
        """Which info has that name, from 1; None for none."""
        return next((at for at, info in enumerate(self.infos, 1) if info.partition("|")[0] == name), None)


_END = EventKind.END
_EXIT = ("position", "first position", "wait|s")
_PASSED = ("", "", "hold|s", "talk|s", "first position")
_PAUSE = Word(EventKind.AGENT, ("reason",))
_OUTBOUND = Word(_END, ("", "", "wait|s"))

WORDS: dict[str, Word] = {
    "DID": Word(EventKind.OTHER, ("number called",)),
    "ENTERQUEUE": Word(EventKind.ENTER, ("url", "caller", "first position", "caller name or tag", "DID or tag")),
    "RINGNOANSWER": Word(EventKind.RING, ("ring|ms",)),
    "RINGCANCELED": Word(EventKind.RING, ("ring|ms",)),
    "CONNECT": Word(EventKind.CONNECT, ("hold|s", "agent's call", "ring|s")),
    "COMPLETEAGENT": Word(_END, ("hold|s", "talk|s", "first position")),
    "COMPLETECALLER": Word(_END, ("hold|s", "talk|s", "first position")),
    "TRANSFER": Word(EventKind.TRANSFER, ("extension", "context", *_PASSED[2:])),
    "BLINDTRANSFER": Word(EventKind.TRANSFER, ("extension", "context", *_PASSED[2:])),
    "ATTENDEDTRANSFER": Word(EventKind.TRANSFER, ("method", "to", *_PASSED[2:])),
    "ABANDON": Word(_END, _EXIT),
    "EXITWITHTIMEOUT": Word(_END, _EXIT),
    "EXITEMPTY": Word(_END, _EXIT),
    "EXITWITHKEY": Word(_END, ("key", *_EXIT)),
    "WITHDRAW": Word(_END, (*_EXIT, "reason")),
    "SYSCOMPAT": Word(_END),
    "AGENTDUMP": Word(EventKind.OTHER),
    "OUTCALL": Word(_END, ("dial status", "talk|s", "note")),
    "NOANSWER": _OUTBOUND,
    "BUSY": _OUTBOUND,
    "CONGESTION": _OUTBOUND,
    "CHANUNAVAIL": _OUTBOUND,
    "CANCEL": _OUTBOUND,
    "HOLD": Word(EventKind.HOLD),
    "UNHOLD": Word(EventKind.HOLD),
    "PAUSE": _PAUSE,
    "UNPAUSE": _PAUSE,
    "PAUSEALL": _PAUSE,
    "UNPAUSEALL": _PAUSE,
    "PENALTY": Word(EventKind.AGENT, ("new value",)),
    "RINGINUSE": Word(EventKind.AGENT, ("new value",)),
    "ADDMEMBER": Word(EventKind.AGENT, ("paused",)),
    "REMOVEMEMBER": Word(EventKind.AGENT, ("paused",)),
    "AGENTLOGIN": Word(EventKind.AGENT, ("channel",)),
    "AGENTLOGOFF": Word(EventKind.AGENT, ("channel", "signed in|s")),
    "AGENTCALLBACKLOGIN": Word(EventKind.AGENT, ("extension",)),
    "AGENTCALLBACKLOGOFF": Word(EventKind.AGENT, ("extension", "signed in|s", "reason")),
    "QUEUESTART": Word(EventKind.OTHER),
    "CONFIGRELOAD": Word(EventKind.OTHER),
}
UNKNOWN = Word(EventKind.OTHER)
COMPLETED = frozenset({"COMPLETEAGENT", "COMPLETECALLER"})
ENDS_TALK = frozenset({"COMPLETEAGENT", "COMPLETECALLER", "OUTCALL", "SYSCOMPAT"})
NO_NAME = frozenset({"NONE", "ALL", ""})


def word(name: str) -> Word:
    """What is known of a word; it is any word at all."""
    return WORDS.get(name, UNKNOWN)
