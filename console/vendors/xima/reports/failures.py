"""Failures of a run in the words of reports: general sentences promise that the console tries again by itself."""

from __future__ import annotations

from console.domain.errors import (
    ConnectFailed,
    ConsoleError,
    NotFound,
    NotPermitted,
    ProtocolError,
    ServerBusy,
    TimedOut,
)
from console.domain.messages import Message, message
from console.reports.request import RunPlan

_SAYS_BUSY = ("http.server_error", "http.unavailable")


def explained(error: ConsoleError, plan: RunPlan, host: str) -> ConsoleError:
    """The error with a sentence about this report, where the general one is not right; same class, same facts."""
    sentence = _sentence(error, plan, host)
    if sentence is not None:
        error.message = sentence
    return error


def _sentence(error: ConsoleError, plan: RunPlan, host: str) -> Message | None:
    title = plan.title
    if isinstance(error, NotPermitted):
        return message("historic.forbidden", host=host, title=title)
    if isinstance(error, NotFound):
        return message("historic.unknown_key", host=host, key=plan.facts.get("key", ""))
    if isinstance(error, ProtocolError) and error.status in (400, 422):
        return message("historic.bad_request", host=host, title=title)
    if isinstance(error, TimedOut) and error.message.code == "connect.slow":
        return message("historic.timed_out", host=host, title=title)
    if isinstance(error, ConnectFailed) and error.message.code == "connect.reset":
        return message("historic.broken", host=host, title=title)
    if isinstance(error, ServerBusy) and error.message.code in _SAYS_BUSY and error.retry_after_s is None:
        return message("historic.server_error", host=host, title=title)
    return None
