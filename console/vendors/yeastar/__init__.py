"""Yeastar P-Series: appliance, software and cloud editions of one Open API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.vendors.base import BackendSpec, FieldKind, ProfileField
from console.vendors.yeastar.day import DAY
from console.vendors.yeastar.paths import ALLOW, ENABLE_AT, PRODUCT

if TYPE_CHECKING:
    from console.reports.runner import ReportRunner
    from console.reports.schema import ReportDefinition
    from console.vendors.base import Backend, Connection

__all__ = ["BACKENDS"]

_ORDERS = ("YYYY/MM/DD", "MM/DD/YYYY", "DD/MM/YYYY", "YYYY-MM-DD", "MM-DD-YYYY", "DD-MM-YYYY")
_SEEN_AT = f"From {ENABLE_AT} in the PBX portal."

FIELDS: tuple[ProfileField, ...] = (
    ProfileField("client_id", "Client ID", FieldKind.SECRET, required=True, help=_SEEN_AT),
    ProfileField("client_secret", "Client secret", FieldKind.SECRET, required=True, help=_SEEN_AT),
    ProfileField(
        "api_version",
        "Report interface",
        FieldKind.CHOICE,
        default="automatic",
        choices=(("automatic", "Automatic (ask the PBX)"), ("v2.0", "v2.0"), ("v1.0", "v1.0 (older firmware)")),
        help="Where the day's figures and reports are read. Live data always comes from v1.0.",
    ),
    ProfileField(
        "date_format",
        "Date format of the PBX",
        FieldKind.CHOICE,
        default="automatic",
        choices=(
            ("automatic", "Automatic (ask the PBX)"),
            *((f"{order} 24", f"{order} HH:mm:ss") for order in _ORDERS),
            *((f"{order} 12", f"{order} hh:mm:ss AM") for order in _ORDERS),
        ),
        help="As under System > Date and Time > Display Format. Change it only when the day's figures stay empty.",
    ),
    ProfileField(
        "events",
        "Live events",
        FieldKind.BOOLEAN,
        default="true",
        help="Refresh at once what a queue event touches, besides the regular polls, "
        "and hear when a report run in the background is ready.",
    ),
    ProfileField(
        "counters",
        "Day's figures",
        FieldKind.CHOICE,
        default="120",
        choices=(
            ("60", "Every minute"),
            ("120", "Every 2 minutes"),
            ("300", "Every 5 minutes"),
            ("900", "Every 15 minutes"),
            ("off", "Off"),
        ),
        help="How often the queue performance report is read; it is work for the PBX.",
    ),
)


def _open(connection: Connection) -> Backend:
    from console.vendors.yeastar.backend import YeastarBackend  # heavy: only when a profile is opened

    return YeastarBackend(connection)


def _reports() -> tuple[ReportDefinition, ...]:
    from console.vendors.yeastar.reports import definitions

    return definitions()


def _open_reports(backend: Backend) -> ReportRunner:
    from console.vendors.yeastar.reports import open_reports

    return open_reports(backend)


BACKENDS: tuple[BackendSpec, ...] = (
    BackendSpec(
        id="yeastar",
        title=PRODUCT,
        url_example="https://pbx.example.com:8088",
        fields=FIELDS,
        allow=ALLOW,
        open=_open,
        reports=_reports,
        open_reports=_open_reports,
        day_report=DAY,
    ),
)
