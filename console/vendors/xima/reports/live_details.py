"""Request details of live metrics: what the vendor shows as "Metric Polling" and "Metric Subscription".

Polling takes one ``id`` with commas (vendor page "Realtime Data"), the websocket repeats ``id`` and takes the key as
``auth_token`` (page "Realtime Data over WebSocket"; only ``ws://`` is printed, ``wss://`` for TLS is inferred).
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence

from console.domain.messages import Message, message
from console.domain.profile import Profile
from console.net.address import parse_address
from console.reports.request import RequestAuth, RequestDetails, RequestPlan
from console.vendors.xima.flavour import SUBSCRIPTION, VALUES, Flavour, api_path

POLLING_TITLE = "Metric Polling"
SUBSCRIPTION_TITLE = "Metric Subscription"
PLACEHOLDER = "METRIC_ID"
SECRET_FIELD = "key"  # noqa: S105 - the name of a profile's field


def live_details(
    profile: Profile, prefix: str, flavour: Flavour, metric_ids: Sequence[str]
) -> tuple[tuple[str, RequestDetails], ...]:
    """Title and details of both ways to read metrics. Pure.

    Raises:
        UserError: the profile's address cannot be read.
    """
    address = parse_address(profile.url)
    base = f"{address.origin}{address.base}"
    ids = tuple(metric_ids) or (PLACEHOLDER,)
    missing: tuple[Message, ...] = () if metric_ids else (message("live.no_metrics"),)
    polling = RequestDetails(
        base,
        RequestAuth(bearer=SECRET_FIELD),
        (RequestPlan("GET", api_path(prefix, VALUES), (("id", ",".join(ids)),), (("Accept", "application/json"),)),),
        ca_file=profile.ca_file,
        pin=profile.pin,
        notes=(message("live.polling"), *missing),
    )
    notes = [message("live.subscription"), *missing]
    if flavour.has_directory:  # the hosted product, whose pages do not mention the websocket
        notes.append(message("live.subscription_inferred", product=flavour.title))
    subscription = RequestDetails(
        "ws" + base.removeprefix("http"),
        RequestAuth(query=(("auth_token", SECRET_FIELD),)),
        (RequestPlan("GET", api_path(prefix, SUBSCRIPTION), tuple(("id", key) for key in ids)),),
        ca_file=profile.ca_file,
        pin=profile.pin,
        notes=tuple(notes),
    )
    return (POLLING_TITLE, polling), (SUBSCRIPTION_TITLE, subscription)


def subscription_snippet(details: RequestDetails, language: str) -> str:
    """The subscription as something to run, the key read from an environment variable.

    Args:
        language: ``http`` (the upgrade request), ``curl`` (8.11 or newer, the shell is sh), ``python`` (the package
            websockets) or ``json``.

    Raises:
        KeyError: no such language.
    """
    return _LANGUAGES[language](details)


def _variable(details: RequestDetails) -> str:
    return details.environment.get(SECRET_FIELD, "XIMA_KEY")


def _url(details: RequestDetails) -> str:
    """The address without the key."""
    plan = details.requests[0]
    address = parse_address("http" + details.base_url.removeprefix("ws"))
    return address.url(plan.path, plan.query, websocket=True)


def _http(details: RequestDetails) -> str:
    scheme, _, rest = _url(details).partition("://")
    host, _, target = rest.partition("/")
    lines = (
        f"GET /{target}&auth_token=${{{SECRET_FIELD}}} HTTP/1.1",
        f"Host: {host}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: <16 random bytes in base64>",
        "",
    )
    return f"# {scheme}://{host}\n" + "\n".join(lines)


def _curl(details: RequestDetails) -> str:
    trust = f" --cacert {shlex.quote(details.ca_file)}" if details.ca_file else ""
    key = f'$(printf %s "${_variable(details)}" | jq -sRr @uri)'
    return f'curl --no-buffer{trust} {shlex.quote(_url(details) + "&auth_token=")}"{key}"\n'


def _python(details: RequestDetails) -> str:
    is_tls = details.base_url.startswith("wss")
    trust = f"ssl.create_default_context(cafile={details.ca_file!r})" if details.ca_file else "True"
    more = f", ssl={trust}" if is_tls else ""
    lines = [
        "import asyncio",
        "import os",
        *(["import ssl"] if details.ca_file and is_tls else []),
        "from urllib.parse import quote",
        "",
        "import websockets",
        "",
        f"URL = {_url(details)!r}",
        "",
        "",
        "async def main():",
        f"    key = quote(os.environ[{_variable(details)!r}], safe='')",
        f"    async with websockets.connect(f'{{URL}}&auth_token={{key}}'{more}) as socket:",
        "        async for change in socket:",
        "            print(change, flush=True)",
        "",
        "",
        "asyncio.run(main())",
    ]
    return "\n".join(lines) + "\n"


def _json(details: RequestDetails) -> str:
    return json.dumps({"url": _url(details), "auth_token": f"${{{SECRET_FIELD}}}"}, indent=2) + "\n"


_LANGUAGES = {"http": _http, "curl": _curl, "python": _python, "json": _json}
