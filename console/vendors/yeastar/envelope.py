"""The envelope of every reply: ``errcode`` decides, HTTP status second (vendor pages "Response Result", "Error Code").

One function turns a code into an error of the tree and its sentence; unknown codes are shown as they are.
"""

from __future__ import annotations

import json
from typing import Any

from console.domain.errors import AuthError, ConsoleError, NotFound, NotPermitted, ProtocolError, ServerBusy
from console.domain.messages import message
from console.net.redact import Redactor
from console.net.translate import server_words
from console.vendors.yeastar.paths import BLOCKED_AT, ENABLE_AT, PRODUCT, SECRET_LABEL

Json = Any

OK = 0
FAILURE, INTERNAL = -1, -2
NOT_EXISTED, OUT_OF_MAINTENANCE, UNSUPPORTED_VERSION, TOKEN_EXPIRED, ACCESS_DENIED = 10001, 10002, 10003, 10004, 10005
BAD_PARAMETER, NO_DATA, MAX_LIMIT = 40002, 60001, 60002
IP_BLOCKED, OVERLOAD, FORBIDDEN_ACTION, IP_FORBIDDEN, SWITCHED_OFF = 70004, 70082, 70084, 70087, 70123
BUSY_S = 30.0


class CodeError(ProtocolError):
    """A business error without a class of its own; `number` is the server's code."""

    number: int = 0


class NotOffered(NotFound):
    """The server has no such interface, in this version or with this firmware."""


def error_number(body: Json) -> int | None:
    """``errcode`` of a reply, sent as number or text; None when the reply is no envelope."""
    value = body.get("errcode") if isinstance(body, dict) else None
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and len(value) < 12 and value.strip().removeprefix("-").isdecimal():
        return int(value) if value.isascii() else None
    return None


def code_error(
    number: int, *, host: str, what: str, full_s: float, detail: str = "", is_sign_in: bool = False
) -> ConsoleError:
    """The error of a code.

    Args:
        what: what the request was for, as its allow rule says it.
        full_s: wait when every session is taken.
        is_sign_in: whether the request was a sign-in, where FAILURE means wrong credentials.
    """
    if number == FAILURE and is_sign_in:
        return AuthError(message("http.unauthorized", host=host, secret=SECRET_LABEL), detail=detail)
    if number == MAX_LIMIT and is_sign_in:
        said = message("api.sessions_full", host=host, seconds=round(full_s))
        return ServerBusy(said, retry_after_s=full_s, detail=detail)
    if number == TOKEN_EXPIRED and not is_sign_in:
        return ServerBusy(message("api.session_refused", host=host, seconds=round(full_s)), detail=detail)
    if number == IP_BLOCKED:
        return AuthError(message("api.ip_blocked", host=host, where=BLOCKED_AT), detail=detail)
    if number == IP_FORBIDDEN:
        return NotPermitted(message("api.ip_forbidden", host=host, where=ENABLE_AT), detail=detail)
    if number == SWITCHED_OFF:
        return NotPermitted(message("api.switched_off", host=host, where=ENABLE_AT), detail=detail)
    if number in (ACCESS_DENIED, FORBIDDEN_ACTION):
        return NotPermitted(message("http.forbidden", host=host, what=what), detail=detail)
    if number == OVERLOAD:
        return ServerBusy(message("api.busy", host=host), retry_after_s=BUSY_S, detail=detail)
    if number == NOT_EXISTED:
        said = message("api.not_offered", host=host, what=f"the interface to {what}", product=PRODUCT)
        return NotOffered(said, detail=detail)
    if number in (OUT_OF_MAINTENANCE, UNSUPPORTED_VERSION):
        return NotOffered(message("api.outdated", host=host, what=what), detail=detail)
    return code_failure(number, host=host, what=what, detail=detail)


def code_failure(number: int, *, host: str, what: str, detail: str = "") -> CodeError:
    """The error of a code without a sentence of its own; the number is shown as it is."""
    error = CodeError(message("api.failure", host=host, what=f"the request to {what}", number=number), detail=detail)
    error.number = number
    return error


def words(body: Json, redactor: Redactor) -> str:
    """The server's own words about a failure, for a details view."""
    shown = ("errcode", "errmsg", "submsg", "invalid_param_list")
    known = {key: body[key] for key in shown if key in body} if isinstance(body, dict) else {}
    return server_words(json.dumps(known, ensure_ascii=False, default=str).encode("utf-8", "replace"), redactor)


def unreadable(host: str, what: str) -> ProtocolError:
    """The error of a reply without a readable ``errcode``."""
    return ProtocolError(message("api.unreadable", host=host, what=f"the request to {what}"), pointer="/errcode")
