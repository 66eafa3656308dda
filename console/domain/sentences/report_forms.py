"""Sentences about what is asked: values, timeframes, definitions, imports."""

from __future__ import annotations

TIMEFRAMES: dict[str, str] = {
    "timeframe.means.today": "Today from 00:00:00 to 23:59:59.",
    "timeframe.means.today.until_now": "Today from 00:00:00 until now.",
    "timeframe.means.yesterday": "Yesterday from 00:00:00 to 23:59:59.",
    "timeframe.means.this_week": "This week from {first} 00:00:00 to {last} 23:59:59.",
    "timeframe.means.this_week.until_now": "This week from {first} 00:00:00 until now.",
    "timeframe.means.last_week": "The week before this one, from {first} 00:00:00 to {last} 23:59:59.",
    "timeframe.means.this_month": "This month from the first day 00:00:00 to the last day 23:59:59.",
    "timeframe.means.this_month.until_now": "This month from the first day 00:00:00 until now.",
    "timeframe.means.last_month": "The month before this one, from the first day 00:00:00 to the last day 23:59:59.",
    "timeframe.means.month_to_date": "From the first day of this month 00:00:00 to today 23:59:59.",
    "timeframe.means.month_to_date.until_now": "From the first day of this month 00:00:00 until now.",
    "timeframe.means.last_days": "The last {days} whole days, ending yesterday 23:59:59.",
    "timeframe.means.same_day_last_week": "The same day of the week before, from 00:00:00 to 23:59:59.",
    "timeframe.means.custom": "From one time to another, both seconds included.",
    "timeframe.zone": "There is no time zone {zone}. Write it like Europe/Berlin or UTC+05:30.",
    "timeframe.form": "This is not a timeframe: {what}. Choose one again.",
    "timeframe.text": "{text} is not a timeframe. Write yesterday, last_week, last_7_days, 2016-08-01, 2016-08-01..2016-08-10 or 2016-08-01T08:00..2016-08-01T17:30; @08:00-17:00 behind it limits the hours of each day.",
    "timeframe.days": "The number of days must lie between 1 and {most}.",
    "timeframe.daily": "The hours of the day end before they begin. Put the earlier time first.",
    "timeframe.open": "Give both the start and the end.",
    "timeframe.year": "The year must lie between {first} and {last}.",
    "timeframe.order": "The end is before the start. Exchange them.",
    "timeframe.future": "This begins in the future ({start}), where there is nothing to report yet. Choose an earlier start.",
    "timeframe.too_long": "This covers {days} days, and the report takes at most {most}. Choose a shorter range.",
    "period.means.hour": "One day, a row for each hour.",
    "period.means.day": "One month, a row for each day.",
    "period.means.month": "One year, a row for each month.",
    "period.form": "This is not a period: {what}. Choose one again.",
    "period.text": "{text} is not a period. Write yesterday, this_month, last_year, 2026, 2026-11 or 2026-11-22.",
}

VALUES: dict[str, str] = {
    "value.required": "{label} must be given.",
    "value.kind": "{label} must be {expected}.",
    "value.minimum": "{label} must be at least {minimum}.",
    "value.maximum": "{label} must be at most {maximum}.",
    "value.pattern": "{label} does not have the required form{example}.",
    "value.range_order": "The largest of {label} is below the smallest. Exchange them.",
    "value.choice": "{label} must be one of: {known}.",
    "value.choice_unknown": "The system does not list {names} under {label}. They are kept and sent as they are.",
    "value.ambiguous": "{text} stands for several entries of {label}: {known}. Give the value instead of the name.",
    "value.control": "{label} must not hold control characters, such as a line end.",
    "value.json": "{label} is not valid JSON ({what}).",
    "value.fixed": "{label} cannot be changed in this report.",
    "value.unknown": "{title} has no parameter {name}. Did you mean {nearest}?",
    "value.unknown_list": "{title} has no parameter {name}. Known are: {known}.",
    "value.assignment": "{text} is not of the form NAME=VALUE.",
    "value.quotes": 'The quotation marks in the list for {label} do not match. Write a,b or "a, b",c.',
    "value.one_of": "Fill in at least one of: {names}.",
    "value.not_both": "Fill in only one of: {names}.",
    "value.hidden": "{label} is not asked for with these choices and is left out.",
}

DEFINITIONS: dict[str, str] = {
    "definition.error": "The report definition {place} cannot be used: {what}.",
    "definition.twice": "The report id {report} is defined twice: {first} and {second}.",
}

TEXTS: dict[str, str] = {
    "naming.unknown": "A file name knows no {name}. Known are: {known}.",
    "naming.braces": "The braces of the file name do not match. Known are: {known}.",
    "snippet.language": "There is no request text called {language}. Known are: {known}.",
    "snippet.control": "The request holds a character that cannot be written down in a command ({what}). Change the value that brings it.",
    "snippet.websocket": "This is a websocket address, which {language} cannot open in a few lines. Choose http or json.",
}

FORMS: dict[str, str] = {**TEXTS, **TIMEFRAMES, **VALUES, **DEFINITIONS}
