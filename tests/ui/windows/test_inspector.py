"""Where a figure comes from: the request, the place in its reply, and what is said when it is gone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from console.domain.provenance import Exchange, SourceRef
from console.domain.values import Origin, Reading, Status
from console.ui.theme import Theme
from console.ui.windows.inspector import AT_ONCE, SourceDialog
from tests.ui.conftest import RunCoroutine, until
from tests.ui.windows.walk import complaints, shown_texts

Make = Callable[..., SourceDialog]


@pytest.fixture
def make(theme: Theme) -> Iterator[Make]:
    alive: list[SourceDialog] = []

    def build(reading: Reading, exchange: Exchange | None, formula: str = "") -> SourceDialog:
        dialog = SourceDialog(None, theme, reading, exchange, "Support · Waiting: 7", formula)
        alive.append(dialog)
        dialog.begin()
        dialog.show()
        return dialog

    yield build
    for dialog in alive:
        dialog.close()
        dialog.deleteLater()


def exchange(body: str, **more: object) -> Exchange:
    return Exchange(
        "x1", "p1", "GET", "https://pbx.example/service?token=***", datetime(2026, 5, 12, 10, 30, tzinfo=UTC),
        latency_ms=41.3, status=200, request_headers={"Authorization": "***"}, body=body, size=len(body), **more,
    )  # type: ignore[arg-type]  # fmt: skip


def reading(pointer: str = "/rows/1/waiting", **more: object) -> Reading:
    return Reading(Status.OK, 7, source=SourceRef("x1", pointer, "f"), **more)  # type: ignore[arg-type]


BODY = json.dumps({"rows": [{"waiting": 3}, {"waiting": 7}]})


def test_it_shows_request_answer_place_and_formula(make: Make) -> None:
    dialog = make(reading(origin=Origin.INFERRED), exchange(BODY), "waiting + nothing")
    said = "\n".join(shown_texts(dialog))
    for part in ("GET https://pbx.example/service?token=***", "200", "41 ms", "/rows/1/waiting", "waiting + nothing"):
        assert part in said
    assert "inferred from its name" in said
    assert [mark.cursor.block().text().strip() for mark in dialog.reply.extraSelections()] == ['"waiting": 7']
    assert dialog.request.toPlainText().splitlines()[1] == "Authorization: ***"
    assert complaints(dialog) == []
    dialog.copy_button.click()


def test_a_large_reply_is_read_on_a_worker(make: Make, arun: RunCoroutine) -> None:
    body = json.dumps({"rows": [{"waiting": n} for n in range(AT_ONCE // 10)]})
    assert len(body) > AT_ONCE

    async def main() -> None:
        dialog = make(reading("/rows/4000/waiting"), exchange(body))
        assert dialog.reply.toPlainText() == "The reply is being read…"
        await until(lambda: '"waiting": 4000' in dialog.reply.toPlainText())
        assert len(dialog.reply.extraSelections()) == 1
        await dialog.aclose()

    arun(main())


def test_closing_while_a_reply_is_read_is_clean(make: Make, arun: RunCoroutine) -> None:
    async def main() -> None:
        dialog = make(reading("/0"), exchange("[" + "1," * AT_ONCE + "1]"))
        await dialog.aclose()

    arun(main())


def test_what_is_not_kept_is_said(make: Make) -> None:
    evicted = make(reading(), None)
    assert "is not kept any more" in evicted.note.text()
    own = make(Reading(Status.OK, 7, origin=Origin.COMPUTED), None)
    assert "no single request behind it" in own.note.text()
    cut = make(reading(), exchange(BODY[:15], truncated=True))
    assert "only the beginning was kept" in cut.note.text()
    assert not cut.note.isHidden()
    for dialog in (evicted, own, cut):
        assert (dialog.cancel_button.text(), dialog.cancel_button.isVisible()) == ("Close", True)
        assert complaints(dialog) == []
