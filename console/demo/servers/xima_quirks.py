"""What one server of this family may do differently from the next."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Quirks:
    """The habits of one server; change a field and the next answer follows.

    Attributes:
        slow_reports: how many times CCaaS answers 202 to the same report request before it gives the result.
        patience_s: how long CCaaS waits for a run before it answers 202.
    """

    slow_reports: int = 0
    patience_s: float = 20.0
