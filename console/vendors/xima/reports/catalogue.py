"""The ready-made definitions: standard reports whose parameters are known, each still in need of its site's key."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from functools import cache
from importlib.resources import files

from console.reports.loader import SHARED, parse_definitions
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
    root = files(__package__) / "definitions"
    shared = tomllib.loads((root / SHARED).read_text("utf-8"))
    found: list[ReportDefinition] = []
    for item in sorted(root.iterdir(), key=lambda each: each.name):
        if item.name.endswith(".toml") and item.name != SHARED:
            # not the whole folder at once: the two products have reports of one id
            found += parse_definitions(item.read_text("utf-8"), item.name, backend=backend, shared=shared)
    return tuple(_ready(each, backend) for each in found if backend in _products(each))


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
