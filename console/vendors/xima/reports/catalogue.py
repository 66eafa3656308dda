"""The ready-made definitions: standard reports whose parameters are known, each still in need of its site's key."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib.resources import files

from console.reports.loader import load_definitions
from console.reports.schema import Format, Param, ParamKind, ReportDefinition
from console.vendors.xima.reports.shapes import REPORT_KEY

FORMATS = (Format.TABLE, Format.JSON, Format.CSV, Format.PDF, Format.HTML, Format.XLS, Format.XLSX, Format.ODT)
KEY_PARAM = Param(
    REPORT_KEY,
    ParamKind.TEXT,
    "Report key",
    required=True,
    pattern=r"[^\s/\\?#%]{1,200}",
    placeholder="LT39K5C5",
    help="Report key, from Show Request Details (API Enablement > Historical Data Access).",
)


@cache
def definitions_of(backend: str) -> tuple[ReportDefinition, ...]:
    """The definitions of one product. Reads files: call it in a thread."""
    folder = files(__package__) / "definitions"
    found = load_definitions(folder, backend)
    return tuple(_ready(item, backend) for item in found if backend in _products(item))


def _products(definition: ReportDefinition) -> list[str]:
    products = definition.wire.get("products")
    return [str(name) for name in products] if isinstance(products, list) else []


def _ready(definition: ReportDefinition, backend: str) -> ReportDefinition:
    """With the key as first parameter, and all formats: what a system can make is not documented, any word is sent."""
    wire = {name: value for name, value in definition.wire.items() if name != "products"}
    return replace(
        definition,
        backend=backend,
        params=(KEY_PARAM, *definition.params),
        formats=FORMATS,
        free_format=True,
        wire=wire,
    )
