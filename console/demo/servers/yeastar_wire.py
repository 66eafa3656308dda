"""What every part of the P-Series wire shares: the envelope with its codes, refusals, and reading of parameters."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

V1, V2 = "/openapi/v1.0", "/openapi/v2.0"
MESSAGES = {
    -2: "INTERNAL SERVER ERROR",
    -1: "FAILURE",
    0: "SUCCESS",
    2: "PROCESSING",
    10001: "INTERFACE NOT EXISTED",
    10004: "TOKEN EXPIRED",
    10005: "ACCESS DENIED",
    40001: "PARAMETER SYNTAX ERROR",
    40002: "PARAMETER ERROR",
    60001: "DATA NOT FOUND",
    60002: "MAX LIMITATION EXCEEDED",
    70004: "ACCOUNT IP BLOCKED",
    70082: "OVERLOAD_TASK_RUNNING",
    70087: "IP FORBIDDEN",
    70106: "RATE_NOT_EXISTED",
    70123: "API UNAVAILABLE",
}


class Refused(Exception):
    """A request is answered with an error code, in HTTP 200 as everything else."""

    def __init__(self, code: int, **more: Any) -> None:
        super().__init__(str(code))
        self.code = code
        self.more = more


def faulty(field: str) -> Refused:
    """Refuse a request for one of its parameters ("Response Result": items of ``{field, value}``)."""
    return Refused(40002, invalid_param_list=[{"field": field, "value": "error"}])


def enveloped(code: int, as_text: bool, body: dict[str, Any]) -> web.Response:
    """Put a body into the envelope."""
    shown: int | str = str(code) if as_text else code
    return json_response({"errcode": shown, "errmsg": MESSAGES.get(code, "UNKNOWN"), **body})


def json_response(body: dict[str, Any], status: int = 200) -> web.Response:
    """JSON in UTF-8."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return web.Response(status=status, text=text, content_type="application/json", charset="utf-8")


def whole(text: str | None, default: int) -> int:
    """Read a positive whole number; anything else is the default."""
    return int(text) if text and text.isascii() and text.isdigit() and int(text[:9]) > 0 else default


async def body_of(request: web.Request) -> dict[str, Any]:
    """Read a JSON object; Refused when it is not JSON at all."""
    try:
        body = json.loads(await request.text())
    except ValueError:
        raise Refused(40001) from None
    return body if isinstance(body, dict) else {}
