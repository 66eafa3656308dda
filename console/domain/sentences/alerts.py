"""Sentences about alert rules and alerts."""

from __future__ import annotations

ALERTS: dict[str, str] = {
    "alert.rules_newer": "{path} was written by a newer version ({version}). The alert rules this version understands are run, but none can be changed here.",
    "alert.rules_broken": "The alert rules could not be read; the file was set aside as {path}. The rules the console comes with are used.",
    "alert.rules_unreadable": "The alert rules cannot be read: {path} ({reason}). The rules the console comes with are used, and changes are not saved.",
    "alert.rules_not_saved": "The alert rules could not be saved in {path} ({reason}). They are kept in memory; the console tries again.",
    "alert.rules_foreign": "Some alert rules need a newer version of the console. They are kept as they are, and not run.",
    "alert.list_newer": "{path} was written by a newer version ({version}). Alerts are shown, but what becomes of them is not saved.",
    "alert.list_broken": "The list of alerts could not be read; the file was set aside as {path}. The list begins anew.",
    "alert.list_unreadable": "The list of alerts cannot be read: {path} ({reason}). Alerts are not saved.",
    "alert.list_not_saved": "Alerts could not be saved in {path} ({reason}). They are kept in memory; the console tries again.",
    "alert.list_elsewhere": "Another copy of the console keeps the list of alerts in {path}. This copy shows its own, and forgets them when it ends.",
    "alert.rule_name": "A rule needs a name of 1 to {limit} characters.",
    "alert.rule_conditions": "A rule needs at least one condition.",
    "alert.rule_number": "The numbers of a rule must be numbers, and times and dead-bands not below 0.",
    "alert.rule_foreign": "The rule {name} needs a newer version of the console and cannot be changed here.",
    "alert.rule_gone": "There is no such rule any more.",
    "alert.rules_full": "There is room for {limit} alert rules. Remove one first.",
    "alert.no_recording": "There is no recording, so a rule cannot be tried on the past.",
}
