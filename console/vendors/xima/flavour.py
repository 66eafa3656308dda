"""The two products of the family, as data. Light: the registry imports it at start.

Both speak the same wire (vendor pages "Historical Call Data" of either product are the same text), so the
differences are words, versions and two extra endpoints of the hosted product.
"""

from __future__ import annotations

from dataclasses import dataclass

from console.vendors.base import AllowRule

DEFAULT_PREFIX = "/rest/api/v1"  # one copy of a vendor page prints /api/v1, so a profile may say otherwise
METRICS = "realtime/metrics"
VALUES = "realtime/metrics/values"
SUBSCRIPTION = "realtime-metric-subscription"
AGENTS = "agents"
SKILLS = "skills"
HISTORIC = "historic-data"  # page "Historical Call Data"; the report's key follows
ENABLE_AT = "API Enablement > Realtime Metric Access"  # where an administrator adds metrics (page "Realtime Data")


@dataclass(frozen=True, slots=True)
class Flavour:
    """What differs between the products.

    Attributes:
        id: backend id of the profiles.
        title: product name on screen and in sentences.
        url_example: a believable address; the hosted product always has TLS, a server of one's own may not.
        since: product version that brought the interface, empty where the vendor runs the newest for everybody.
        has_directory: whether ``/agents`` and ``/skills`` exist (page "Requesting agent and skill lists").
        queue_word: what the product calls a queue.
    """

    id: str
    title: str
    url_example: str
    since: str
    has_directory: bool
    queue_word: str


CHRONICALL = Flavour("chronicall", "Chronicall", "http://chronicall.example.com:9080", "4.0.9", False, "group")
XIMA = Flavour("xima", "Xima CCaaS", "https://example.xima.cloud", "", True, "skill")


def api_path(prefix: str, endpoint: str) -> str:
    """An endpoint below the profile's API prefix; surplus slashes and spaces do not matter."""
    base = prefix.strip().strip("/")
    return f"/{base}/{endpoint}" if base else f"/{endpoint}"


def allow_rules(flavour: Flavour, prefix: str = DEFAULT_PREFIX) -> tuple[AllowRule, ...]:
    """Everything the console may ask of such a server: reads only, a report's parameters travel in a body."""
    rules = [
        (METRICS, "the list of realtime metrics"),
        (VALUES, "the values of realtime metrics"),
        (SUBSCRIPTION, "live values by websocket"),
    ]
    if flavour.has_directory:
        rules += [(AGENTS, "the list of agents"), (SKILLS, "the list of skills")]
    reads = tuple(AllowRule("GET", api_path(prefix, path), purpose) for path, purpose in rules)
    return (*reads, AllowRule("POST", api_path(prefix, f"{HISTORIC}/*"), "historical reports"))
