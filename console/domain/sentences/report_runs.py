"""Sentences about running a report: refusals, waits, answers that are odd."""

from __future__ import annotations

RUNS: dict[str, str] = {
    "run.waiting": "{host} is preparing the report; the console asks again in {seconds} s.",
    "run.gave_up": "{host} was still preparing the report after {minutes} min. Ask for a shorter range, or run it again later: the server may have it ready by then.",
    "run.empty": "{host} has no rows for this range and these choices.",
    "run.not_a_file": "{host} sent {what} instead of the report. Nothing was saved.",
}
