"""The window's words: messages by code, and window texts with plurals, all open to translation."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QCoreApplication

from console.domain.enums import AgentStatus, HealthState, Section
from console.domain.messages import ENGLISH, Message
from console.domain.text import safe_text
from console.domain.thresholds import Level

_CONTEXT = "console"
_MESSAGES = "messages"


def tr(source: str, /, **args: object) -> str:
    """A window text in the user's language; `args` fill the ``{names}`` of the translated template."""
    template = QCoreApplication.translate(_CONTEXT, source)
    return template.format(**args) if args else template


def plural(one: str, many: str, count: int) -> str:
    """``plural("{n} queue", "{n} queues", 3)``; each form is a text of its own for translators."""
    return tr(one if count == 1 else many, n=f"{count:,}".replace(",", "\u202f"))


def translate(message: Message) -> str:
    """A message from below the window, in the user's language; arguments are made harmless for one line."""
    template = QCoreApplication.translate(_MESSAGES, ENGLISH[message.code])
    return template.format(**{key: _argument(value) for key, value in message.args.items()})


def _argument(value: object) -> object:
    if isinstance(value, Message):
        return translate(value)
    return safe_text(value, 512) if isinstance(value, str) else value


def mnemonic_safe(text: str) -> str:
    """Text for buttons, menus, tabs and group boxes, where Qt takes ``&`` for a mnemonic."""
    return text.replace("&", "&&")


def tooltip(text: str) -> str:
    """Text for a tooltip, which Qt would read as HTML when it looks like it; long lines wrap."""
    if not text:
        return ""
    return "<qt>" + escape(text, quote=False).replace("\n", "<br>") + "</qt>"


def state_word(status: AgentStatus) -> str:
    """An agent state as the console names it."""
    return {
        AgentStatus.AVAILABLE: tr("Available"),
        AgentStatus.RINGING: tr("Ringing"),
        AgentStatus.ON_CALL: tr("On call"),
        AgentStatus.OTHER_CALL: tr("Other call"),
        AgentStatus.AFTER_CALL: tr("After call"),
        AgentStatus.PAUSED: tr("Paused"),
        AgentStatus.LOGGED_OFF: tr("Logged off"),
    }.get(status, tr("Unknown"))


def level_word(level: Level) -> str:
    """An alarm level in one word."""
    return {Level.CAUTION: tr("Caution"), Level.CRITICAL: tr("Critical")}.get(level, tr("Normal"))


def health_word(state: HealthState) -> str:
    """The state of a connection in one or two words, lower case as it stands after a shape."""
    return {
        HealthState.WARMING: tr("warming up"),
        HealthState.LIVE: tr("live"),
        HealthState.STALE: tr("stale"),
        HealthState.REFUSED: tr("sign-in refused"),
        HealthState.UNREACHABLE: tr("unreachable"),
        HealthState.ERROR: tr("unreadable"),
    }[state]


def section_title(section: Section) -> str:
    """The name of a table."""
    return {
        Section.QUEUES: tr("Queues"),
        Section.AGENTS: tr("Agents"),
        Section.WAITING: tr("Waiting callers"),
    }[section]
