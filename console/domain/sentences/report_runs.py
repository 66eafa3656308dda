"""Sentences about running a report: refusals, waits, answers that are odd."""

from __future__ import annotations

RUNS: dict[str, str] = {
    "run.waiting": "{host} is preparing the report; the console asks again in {seconds} s.",
    "run.gave_up": "{host} was still preparing the report after {minutes} min. Ask for a shorter range, or run it again later: the server may have it ready by then.",
    "run.empty": "{host} has no rows for this range and these choices.",
    "run.not_a_file": "{host} sent {what} instead of the report. Nothing was saved.",
    "run.outside": "{count} rows of {host} lay outside the time that was asked for and were left out.",
    "run.unchecked": "The rows carry no time of their own: whether {host} kept to the time of day cannot be checked.",
    "run.short": "{host} speaks of {total} rows for {what} and sent {got}. The rest is missing here.",
    "run.parts_missing": "Missing: {what}. {why}",
    "run.odd_rows": "{count} rows of {host} could not be read and were left out.",
    "run.twice": "{count} rows came twice at the edge of a day and are here once.",
    "run.by_day": "Each day is a request of its own, one after the other: {count} requests.",
    "run.days_apart": "The figures are those of each day. Percentages and averages of several days cannot be added.",
    "run.folder_guessed": "The folder of the interface is not known yet; {path} is the usual one.",
    "run.pseudo_left_out": "{names}: these entries stand for all or for none and are no choice.",
    "run.value": "{what} cannot be sent: {why}.",
    "run.too_many": "The range would take {count} requests, at most {limit} are sent. Choose a shorter one.",
    "run.file_large": "The answer of {host} is {size} MB and is kept as a file only; the table holds at most {limit} MB a request. Ask for a shorter time of day.",
    "flow.bad_id": "{id} is no id of a call.",
    "flow.nothing": "{host} has no events of the call {id}.",
    "flow.no_end": "Ending not recorded: the last part is drawn up to the last event.",
    "flow.clock": "{event} states {stated} s where the clock shows {measured} s.",
    "flow.no_time": "{count} events have no readable time and stand where the one before does.",
    "flow.backwards": "The clock runs backwards between events, as it does when it is set or summer time ends. The order is the recorded one.",
    "flow.legs": "The call went through {count} queues.",
    "flow.related": "Events name other calls as well: a transfer with consultation is recorded under several ids.",
    "flow.swapped": "{event} keeps its times in another place than documented; they were told apart by the clock.",
}
