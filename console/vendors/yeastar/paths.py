"""Addresses and names of the P-Series Open API. Light: the registry imports it at start.

Control and live data exist under v1.0 only; call reports moved to v2.0 with firmware .21.0.117 (vendor pages "API
Interfaces and Events Summary" and "Query Call Report List").
"""

from __future__ import annotations

import re

from console.vendors.base import AllowRule

PRODUCT = "Yeastar P-Series"
SECRET_LABEL = "client ID or client secret"  # noqa: S105 - words for a sentence
ENABLE_AT = "Integrations > API"
BLOCKED_AT = "Security > Security Rules > Blocked IPs"

V1, V2 = "/openapi/v1.0", "/openapi/v2.0"
GET_TOKEN = f"{V1}/get_token"
REFRESH_TOKEN = f"{V1}/refresh_token"
DEL_TOKEN = f"{V1}/del_token"
SYSTEM = f"{V1}/system/information"
QUEUES = f"{V1}/queue/list"
EXTENSIONS = f"{V1}/extension/list"
CALLS = f"{V1}/queue/call_status"
AGENTS = f"{V1}/queue/agent_status"
REPORT_V1 = f"{V1}/call_report/list"
REPORT_V2 = f"{V2}/call_report/list"
REPORT_FILE_V1, REPORT_FILE_V2 = f"{V1}/call_report/download", f"{V2}/call_report/download"
REPORT_CALLS_V1, REPORT_CALLS_V2 = f"{V1}/call_report/detail", f"{V2}/call_report/detail"
FILES = "/api/download/*"
MENUS = f"{V1}/system/get_menuoptions"
PAUSE_REASONS = f"{V1}/queue_pause_reason/list"
MY_REPORTS = f"{V1}/myreport/list"
SUBSCRIBE = f"{V1}/subscribe"

ALLOW: tuple[AllowRule, ...] = (
    AllowRule("POST", GET_TOKEN, "sign in"),
    AllowRule("POST", REFRESH_TOKEN, "renew the sign-in"),
    AllowRule("GET", DEL_TOKEN, "sign out"),
    AllowRule("GET", SYSTEM, "read the system information"),
    AllowRule("GET", QUEUES, "read the list of queues"),
    AllowRule("GET", EXTENSIONS, "read the list of extensions"),
    AllowRule("GET", CALLS, "read the calls of a queue"),
    AllowRule("GET", AGENTS, "read the agents of a queue"),
    AllowRule("GET", REPORT_V1, "read the day's figures of the queues"),
    AllowRule("GET", REPORT_V2, "read the day's figures of the queues"),
    AllowRule("GET", REPORT_FILE_V1, "read call reports"),
    AllowRule("GET", REPORT_FILE_V2, "read call reports"),
    AllowRule("GET", REPORT_CALLS_V1, "read the calls behind call reports"),
    AllowRule("GET", REPORT_CALLS_V2, "read the calls behind call reports"),
    AllowRule("GET", FILES, "download the file of a call report"),
    AllowRule("GET", MENUS, "read what call reports can be asked for"),
    AllowRule("GET", PAUSE_REASONS, "read the list of pause reasons"),
    AllowRule("GET", MY_REPORTS, "read the list of own reports"),
    AllowRule("GET", SUBSCRIBE, "follow events by websocket"),
)

_API = re.compile(r"/openapi(/.*)?$")


def bare_url(url: str) -> str:
    """A profile's address without the API's own path: people paste it with ``/openapi/v1.0`` and slashes."""
    return _API.sub("", url.strip()).rstrip("/")
