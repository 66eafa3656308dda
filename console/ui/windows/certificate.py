"""A fetched certificate in lines a person can compare."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from console.domain.text import safe_text
from console.ui.text import tr


def leaf_fingerprint(leaf: object) -> str:
    """The SHA-256 of a fetched certificate as 64 hexadecimal digits."""
    return str(getattr(leaf, "sha256", ""))


def leaf_lines(leaf: object) -> tuple[tuple[str, str], ...]:
    """Label and value of what a certificate says about itself; what it does not say is left out."""
    names = getattr(leaf, "names", ())
    spelled = ", ".join(names) if isinstance(names, Sequence) and not isinstance(names, str) else str(names)
    lines = (
        (tr("SHA-256"), _spaced(leaf_fingerprint(leaf))),
        (tr("Made for"), safe_text(spelled or str(getattr(leaf, "subject", "") or ""), 300)),
        (tr("Issued by"), safe_text(str(getattr(leaf, "issuer", "") or ""), 300)),
        (tr("Valid"), _span(getattr(leaf, "not_before", None), getattr(leaf, "not_after", None))),
    )
    return tuple((name, value) for name, value in lines if value)


def _spaced(digits: str) -> str:
    """Pairs of digits with colons, as administrators' tools print them."""
    return ":".join(digits[at : at + 2] for at in range(0, len(digits), 2)).upper()


def _span(begin: object, end: object) -> str:
    def day(value: object) -> str:
        return value.strftime("%Y-%m-%d") if isinstance(value, datetime) else str(value or "")

    return tr("{begin} to {end}", begin=day(begin), end=day(end)) if begin or end else ""
