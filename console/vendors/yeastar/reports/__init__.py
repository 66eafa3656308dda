"""Call reports of the P-Series: definitions as data, requests, files, and what they mean. Light until one is run."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from console.reports.runner import ReportRunner
    from console.reports.schema import ReportDefinition
    from console.vendors.base import Backend

BACKEND = "yeastar"


def definitions() -> tuple[ReportDefinition, ...]:
    """Every report type; reads files, so call it in a thread."""
    from console.reports.loader import load_definitions

    return load_definitions(resources.files(__package__) / "definitions", BACKEND)


def open_reports(backend: Backend) -> ReportRunner:
    """A runner over an open backend of this folder."""
    from console.vendors.yeastar.backend import YeastarBackend
    from console.vendors.yeastar.reports.runner import YeastarReports

    own = cast("YeastarBackend", backend)
    if own.report_runner is None:
        # one for all who ask: it sees to it that reports run one by one, and hears whose file is ready
        own.report_runner = YeastarReports(own.access, definitions)
    return own.report_runner
