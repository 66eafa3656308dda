"""A request that was made, as one that can be written down for other programs."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from console.domain.provenance import Exchange
from console.reports.request import RequestAuth, RequestPlan

_KEPT: Final = ("accept", "content-type")  # what the server's answer may depend on; the rest is the client's own


def plan_of(exchange: Exchange, base_url: str, auth: RequestAuth) -> RequestPlan | None:
    """The plan of a GET below `base_url`, its credential taken out again; None for anything else."""
    sent, base = urlsplit(exchange.url), urlsplit(base_url)
    below = base.path.rstrip("/") + "/"
    same_origin = (sent.scheme, sent.netloc) == (base.scheme, base.netloc)
    if exchange.method != "GET" or not same_origin or not sent.path.startswith(below):
        return None
    secret = {name for name, _ in auth.query}
    if auth.sign_in is not None:
        secret.add(auth.sign_in.query_name)
    query = tuple(pair for pair in parse_qsl(sent.query, keep_blank_values=True) if pair[0] not in secret)
    headers = tuple((name, text) for name, text in exchange.request_headers.items() if name.lower() in _KEPT)
    return RequestPlan("GET", unquote(sent.path.removeprefix(below)), query, headers)
