"""What makes an estimate of agents and waits shaky."""

from __future__ import annotations

WHAT_IF: dict[str, str] = {
    "what_if.offered_added": "The system does not count offered calls; answered and abandoned ones were added up.",
    "what_if.few_calls": "Only {calls} answered calls were recorded in this time; the mean of so few says little.",
    "what_if.few_abandoned": "Only {calls} callers hung up in this time, so their patience is a rough guess.",
    "what_if.no_agents": "The recording does not say which agents serve these queues. Enter their number and the handling time yourself.",
    "what_if.shared": "Some of these agents serve other queues too. Choose all queues they share, or the estimate takes them for more than they are.",
}
