"""A fetched certificate in lines a person can compare."""

from __future__ import annotations

from console.domain.text import safe_text
from console.ui.services import Certificate
from console.ui.text import tr

NAMES_LIMIT = 300  # characters


def certificate_lines(leaf: Certificate) -> tuple[tuple[str, str], ...]:
    """Label and value of what a certificate says about itself; what it does not say is left out."""
    begin, end = (moment.strftime("%Y-%m-%d") for moment in (leaf.not_before, leaf.not_after))
    lines = (
        (tr("SHA-256"), _spaced(leaf.sha256)),
        (tr("Made for"), safe_text(", ".join(leaf.names) or leaf.subject, NAMES_LIMIT)),
        (tr("Issued by"), safe_text(leaf.issuer, NAMES_LIMIT)),
        (tr("Valid"), tr("{begin} to {end}", begin=begin, end=end)),
    )
    return tuple((name, value) for name, value in lines if value)


def _spaced(digits: str) -> str:
    """Pairs of digits with colons, as administrators' tools print them."""
    return ":".join(digits[at : at + 2] for at in range(0, len(digits), 2)).upper()
