"""Chronicall (on premises) and Xima CCaaS (hosted): one interface, two backends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.vendors.base import BackendSpec, FieldKind, ProfileField
from console.vendors.xima.day import DAYS
from console.vendors.xima.flavour import CHRONICALL, DEFAULT_PREFIX, XIMA, Flavour, allow_rules

if TYPE_CHECKING:
    from console.reports.runner import ImportedReport, ReportRunner
    from console.reports.schema import ReportDefinition
    from console.vendors.base import Backend, Connection

__all__ = ["BACKENDS"]


def _fields(flavour: Flavour) -> tuple[ProfileField, ...]:
    return (
        ProfileField(
            "key",
            "Authentication key",
            FieldKind.SECRET,
            required=True,
            help=f"The key of a service user, from API Enablement > Service Users in {flavour.title}.",
        ),
        ProfileField(
            "transport",
            "Live updates",
            FieldKind.CHOICE,
            default="automatic",
            choices=(("automatic", "Automatic (websocket, with polling as safety net)"), ("polling", "Polling only")),
        ),
        ProfileField(
            "api_prefix",
            "API path",
            default=DEFAULT_PREFIX,
            placeholder=DEFAULT_PREFIX,
            help="Where the interface begins below the address. Change it only when the administrator says so.",
        ),
    )


def _spec(flavour: Flavour) -> BackendSpec:
    def open_backend(connection: Connection) -> Backend:
        from console.vendors.xima.backend import XimaBackend  # heavy: only when a profile is opened

        return XimaBackend(connection, flavour)

    def reports() -> tuple[ReportDefinition, ...]:
        from console.vendors.xima.reports.catalogue import definitions_of

        return definitions_of(flavour.id)

    def open_reports(backend: Backend) -> ReportRunner:
        from console.vendors.xima.backend import XimaBackend

        if not isinstance(backend, XimaBackend):
            raise TypeError(type(backend).__name__)
        return backend.reports()

    def import_report(text: str) -> ImportedReport:
        from console.vendors.xima.reports.paste import read_request_details

        return read_request_details(text, flavour.id)

    return BackendSpec(
        id=flavour.id,
        title=flavour.title,
        url_example=flavour.url_example,
        fields=_fields(flavour),
        allow=allow_rules(flavour),
        open=open_backend,
        can_map_metrics=True,
        reports=reports,
        open_reports=open_reports,
        import_report=import_report,
        day_report=DAYS[flavour.id],
    )


BACKENDS: tuple[BackendSpec, ...] = (_spec(CHRONICALL), _spec(XIMA))
