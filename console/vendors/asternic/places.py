"""Where the interface is, and what may be asked of it. Light: the registry imports it at start.

One script answers everything; the resource is the ``entity`` parameter (vendor page "Call Data API"). The folder
differs from installation to installation: the vendor's page prints ``/stats`` and once ``/qstats``, a packager
installs it under ``/ccstats``, the vendor's demo scripts speak of ``/asternic``.
"""

from __future__ import annotations

from collections.abc import Sequence

from console.vendors.base import AllowRule

TITLE = "Asternic Call Center Stats PRO"
SCRIPT = "/rest/index.php"
REALTIME, QUEUES, AGENTS, REPORTS = "realtime", "queues", "agents", "reports"
USUAL = ("/stats", "/qstats", "/ccstats", "/asternic", "/asternicjquery")
USERS_AT = "Settings > Users"  # where an administrator says what an account may see (page "Call Data API")


def allow_rules(bases: Sequence[str] = (*USUAL, "")) -> tuple[AllowRule, ...]:
    """Everything the console may ask of such a server: one script, read only, below one of these folders."""
    return tuple(AllowRule("GET", base + SCRIPT, "live figures, queues, agents and reports") for base in bases)


def tidy_base(text: str) -> str | None:
    """A base path as entered, with one leading slash and none behind; None for automatic.

    People copy the whole address of the script as readily as the folder; both mean the same.
    """
    words = text.strip()
    if words.casefold() in ("", "auto", "automatic"):
        return None
    base = "/" + words.split("?", 1)[0].strip("/")
    for tail in (SCRIPT, "/rest"):
        base = base.removesuffix(tail)
    return base.rstrip("/")


def candidates(given: str | None, url_path: str) -> tuple[str, ...]:
    """The folders to try, in order: the given one only, else the usual ones.

    Args:
        url_path: path of the profile's address; one that names a folder is taken to be the right one first.
    """
    if given is not None:
        return (given,)
    return ("", *USUAL) if url_path.strip("/") else (*USUAL, "")


def tidy_url(url: str) -> str:
    """The profile's address without the script's own path, should somebody have copied it along."""
    bare = url.strip().rstrip("/")
    for tail in (SCRIPT, "/rest"):
        bare = bare.removesuffix(tail)
    return bare


def queue_list(text: str) -> str:
    """The entered queues as the ``queues`` parameter takes them (``100,101``); empty for all."""
    return ",".join(part.strip() for part in text.split(",") if part.strip())
