"""Asternic (also sold as Issabel) Call Center Stats PRO: its read-only REST interface."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.vendors.asternic.call_list import CALLS
from console.vendors.asternic.day import DAY
from console.vendors.asternic.places import TITLE, allow_rules
from console.vendors.base import BackendSpec, FieldKind, ProfileField

if TYPE_CHECKING:
    from console.reports.runner import ReportRunner
    from console.reports.schema import ReportDefinition
    from console.vendors.base import Backend, Connection

__all__ = ["BACKENDS"]


def _open(connection: Connection) -> Backend:
    from console.vendors.asternic.backend import AsternicBackend  # heavy: only when a profile is opened

    return AsternicBackend(connection)


def _reports() -> tuple[ReportDefinition, ...]:
    from console.vendors.asternic.reports.definitions import static

    return static()


def _open_reports(backend: Backend) -> ReportRunner:
    from console.vendors.asternic.backend import AsternicBackend

    assert isinstance(backend, AsternicBackend)
    return backend.reports()


_FIELDS = (
    ProfileField(
        "username",
        "User name",
        FieldKind.SECRET,
        required=True,
        help="A user of the statistics program, from Settings > Users. The answers hold only what that user may see.",
    ),
    ProfileField("password", "Password", FieldKind.SECRET, required=True, help="The password of that user."),
    ProfileField(
        "base_path",
        "Base path",
        placeholder="automatic",
        help="Where the program is below the address, such as /stats. Left empty, the usual places are tried once.",
    ),
    ProfileField(
        "queues",
        "Queues",
        placeholder="all",
        help="Only these queues, by their number or name in the phone system, separated by commas.",
    ),
)

BACKENDS: tuple[BackendSpec, ...] = (
    BackendSpec(
        id="asternic",
        title=TITLE,
        url_example="https://pbx.example.com",
        fields=_FIELDS,
        allow=allow_rules(),
        open=_open,
        reports=_reports,
        open_reports=_open_reports,
        day_report=DAY,
        call_list=CALLS,
    ),
)
