"""File names from templates."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from console.domain.errors import UserError
from console.reports.naming import DEFAULT_TEMPLATE, check_template, file_name
from console.reports.sniff import CSV, PDF
from console.reports.timeframe import Timeframe, resolve

RANGE = resolve(Timeframe.parse("2016-08-01..2016-08-10"), datetime(2026, 1, 1, tzinfo=UTC), "UTC")


@pytest.mark.parametrize(
    ("template", "site", "name"),
    [
        (DEFAULT_TEMPLATE, "Main", "Agent Calls Main 2016-08-01 2016-08-10.csv"),
        ("{site}_{from}.csv", "Main/HQ", "Main-HQ_2016-08-01.csv"),
        ("week 1.5", "x", "week 1.5.csv"),
        ("{report}.pdf", "x", "Agent Calls.pdf.csv"),
        ("../{site}/{to}", "..", "2016-08-10.csv"),
        ("{{{format}}}", "x", "{csv}.csv"),
        ("{site}", "/", "Agent Calls.csv"),
        ("", "x", "Agent Calls.csv"),
        ("{now}", "x", "2026-11-22T0830.csv"),
    ],
)
def test_names(template: str, site: str, name: str):
    found = file_name(
        template,
        report="Agent Calls",
        site=site,
        media_type=CSV,
        timeframe=RANGE,
        kind="csv",
        now="2026-11-22T0830",
    )
    assert found == name


def test_without_a_range_nothing_is_left_behind():
    assert file_name(DEFAULT_TEMPLATE, report="Queues", site="Main", media_type=PDF) == "Queues Main.pdf"


@pytest.mark.parametrize(
    "template", ["{profile}", "{report!r}", "{report:>9}", "{}", "{0}", "{report.title}", "{a", "b}"]
)
def test_unknown_placeholder_lists_the_known(template: str):
    with pytest.raises(UserError, match=r"Known are: \{report\} \{site\} \{from\} \{to\}"):
        check_template(template)
