"""Rules across the fields of a form, by name.

``until_now``: a range that has begun ends now at the latest, for systems that must not be asked for the future.
``future_ok``: a range may begin in the future. ``max_days:31``: no range covers more calendar days. ``one_of:a,b``: at
least one of these parameters is filled in. ``not_both:a,b``: at most one is. ``start_before_end`` holds always and may
be written for clearness.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

PLAIN = ("until_now", "future_ok", "start_before_end")
OVER_PARAMS = ("one_of", "not_both")


def rule_fault(rule: str, param_ids: Collection[str]) -> str:
    """What is wrong with a rule as it is written in a definition; empty when nothing is."""
    name, colon, argument = rule.partition(":")
    if name in PLAIN and not colon:
        return ""
    if name == "max_days":
        return (
            "" if argument.isdecimal() and int(argument) > 0 else "max_days takes a number of days, as in max_days:31"
        )
    if name in OVER_PARAMS:
        named = rule_params(argument)
        strange = [item for item in named if item not in param_ids]
        if strange:
            return f"there is no parameter {strange[0]}"
        return "" if len(named) > 1 else f"{name} takes parameters, as in {name}:a,b"
    return f"there is no rule {name}; known are {', '.join((*PLAIN, 'max_days:N', 'one_of:a,b', 'not_both:a,b'))}"


def rule_params(argument: str) -> list[str]:
    """The parameters a rule names."""
    return [item.strip() for item in argument.split(",") if item.strip()]


def has_rule(rules: Sequence[str], name: str) -> bool:
    """Whether a rule without argument is among them."""
    return name in rules


def most_days(rules: Sequence[str]) -> int | None:
    """The limit of ``max_days``, None without that rule."""
    limits = [int(rule.partition(":")[2]) for rule in rules if rule.startswith("max_days:")]
    return min(limits, default=None)
