"""File names made from a template: ``{report} {site} {from} {to}``."""

from __future__ import annotations

import string

from console.domain.errors import UserError
from console.domain.messages import message
from console.reports.sniff import BINARY, EXTENSIONS, extension_of, safe_file_name, safe_stem
from console.reports.timeframe_wall import ResolvedTimeframe

DEFAULT_TEMPLATE = "{report} {site} {from} {to}"
PLACEHOLDERS = ("report", "site", "from", "to", "format", "now")


def check_template(template: str) -> None:
    """Whether every placeholder is known.

    Raises:
        UserError: one is not, or the braces do not match; the sentence lists the known ones.
    """
    _fields(template)


def file_name(
    template: str,
    *,
    report: str,
    site: str,
    media_type: str,
    timeframe: ResolvedTimeframe | None = None,
    kind: str = "",
    now: str = "",
) -> str:
    """A safe file name from a template. A report without range leaves ``{from}`` and ``{to}`` empty.

    Args:
        site: the profile's name.
        media_type: of the content; it decides the extension.
        kind: what ``{format}`` stands for.
        now: what ``{now}`` stands for, such as ``2026-11-22T0830``.

    Raises:
        UserError: see `check_template`.
    """
    dates = {"from": "", "to": ""}
    if timeframe is not None:
        dates = {"from": timeframe.start.date().isoformat(), "to": timeframe.end.date().isoformat()}
    words = {"report": report, "site": site, "format": kind, "now": now, **dates}
    # a value must not bring a folder along, and the slashes of the template itself make no folders either
    filled = "".join(literal + (safe_stem(words[field], "") if field else "") for literal, field in _fields(template))
    stem = safe_stem(filled, safe_stem(report))
    if not stem.lower().endswith(EXTENSIONS.get(media_type, EXTENSIONS[BINARY])):
        stem += extension_of(media_type)  # "Week 1.5" has no extension, whatever it looks like
    return safe_file_name(stem, media_type, report)


def _fields(template: str) -> list[tuple[str, str]]:
    known = " ".join(f"{{{name}}}" for name in PLACEHOLDERS)
    try:
        parts = list(string.Formatter().parse(template))
    except ValueError:
        raise UserError(message("naming.braces", known=known)) from None
    for _, field, spec, conversion in parts:
        if field is not None and (field not in PLACEHOLDERS or spec or conversion):
            raise UserError(message("naming.unknown", name=f"{{{field}}}", known=known))
    return [(literal, field or "") for literal, field, _, _ in parts]
