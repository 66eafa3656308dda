"""What reports brought to other windows: requests in the inspector, zone and week in the profile editor."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.domain.errors import UserError
from console.domain.messages import message
from console.domain.provenance import Exchange, SourceRef
from console.domain.values import Reading, Status
from console.engine.report_request import plan_of
from console.reports.request import RequestAuth, RequestDetails, RequestPlan, SignIn
from console.ui.reports.request_tab import RequestView
from console.ui.theme import Theme
from console.ui.windows.inspector import SourceDialog
from console.ui.windows.profile_editor import ProfileEditor
from tests.ui.conftest import RunCoroutine, until
from tests.ui.windows.fakes import FakeProfiles, profile
from tests.ui.windows.walk import complaints

NOW = datetime(2026, 5, 12, 10, 30, tzinfo=UTC)
EXCHANGE = Exchange(
    "x1", "p1", "GET", "https://pbx.example/base/values?id=A%20B&token=********", NOW, status=200,
    request_headers={"Accept": "application/json", "Authorization": "***", "Host": "pbx.example"}, body="{}",
)  # fmt: skip
READING = Reading(Status.OK, 7, source=SourceRef("x1", "/rows/0"))
POLLING = RequestDetails(
    "https://pbx.example",
    RequestAuth(bearer="key"),
    (RequestPlan("GET", "values", (("id", "A"),)),),
    {"key": "KEY_VAR"},
)
SOCKET = RequestDetails(
    "wss://pbx.example", RequestAuth(query=(("token", "key"),)), (RequestPlan("GET", "live"),), {"key": "KEY_VAR"}
)


def test_the_inspector_has_a_tab_for_each_way_to_ask_again(arun: RunCoroutine, theme: Theme) -> None:
    async def ask(exchange: Exchange, pointer: str) -> Sequence[tuple[str, RequestDetails]]:
        assert (exchange.id, pointer) == ("x1", "/rows/0")
        return (("Metric Polling", POLLING), ("Metric Subscription", SOCKET))

    async def play() -> None:
        dialog = SourceDialog(None, theme, READING, EXCHANGE, "Support: 7")
        dialog.ask_requests_by(ask)
        dialog.begin()
        dialog.show()
        await until(lambda: dialog.tabs.count() == 4)
        assert [dialog.tabs.tabText(at) for at in (2, 3)] == ["Metric Polling", "Metric Subscription"]
        dialog.tabs.setCurrentIndex(3)
        assert not dialog.copy_button.isVisible()
        view = dialog.tabs.currentWidget()
        assert isinstance(view, RequestView)
        assert "$KEY_VAR" in view.url.full_text()
        await until(lambda: "wss://pbx.example/live" in view.text.toPlainText())
        view.languages.chip("curl").click()
        await until(lambda: bool(view.problem.text))  # curl has no websocket
        assert not view.copy_button.isEnabled()
        view.copy_url_button.click()
        assert QApplication.clipboard().text().startswith("wss://pbx.example/live")
        assert complaints(dialog) == []
        await dialog.aclose()
        dialog.close()
        dialog.deleteLater()

    arun(play())


def test_an_inspector_without_requests_stays_as_it_is(arun: RunCoroutine, theme: Theme) -> None:
    async def ask(_exchange: Exchange, _pointer: str) -> Sequence[tuple[str, RequestDetails]]:
        raise UserError(message("report.none", title="x"))

    async def play() -> None:
        dialog = SourceDialog(None, theme, READING, EXCHANGE, "Support: 7")
        dialog.ask_requests_by(ask)
        dialog.begin()
        await until(lambda: not dialog._scope.running)
        assert dialog.tabs.count() == 2
        await dialog.aclose()
        dialog.deleteLater()

    arun(play())


def test_a_long_list_of_ids_does_not_widen_the_inspector(theme: Theme, qtbot: QtBot) -> None:
    ids = ",".join(f"LT{number:06d}" for number in range(200))
    wide = Exchange("x1", "p1", "GET", f"https://pbx.example/values?id={ids}", NOW, body="{}")
    dialog = SourceDialog(None, theme, READING, wide, "Support: 7")
    qtbot.addWidget(dialog)
    dialog.begin()
    dialog.show()
    assert dialog.minimumSizeHint().width() < 800


def test_a_get_is_written_down_without_its_credential() -> None:
    sign_in = SignIn(RequestPlan("POST", "token"), "/t", "token")
    plan = plan_of(EXCHANGE, "https://pbx.example/base", RequestAuth(sign_in=sign_in))
    assert plan == RequestPlan("GET", "values", (("id", "A B"),), (("Accept", "application/json"),))
    assert plan_of(EXCHANGE, "https://other.example/base", RequestAuth()) is None
    assert plan_of(EXCHANGE, "https://pbx.example/elsewhere", RequestAuth()) is None


def test_a_refused_value_is_a_sentence_instead_of_a_request(arun: RunCoroutine, theme: Theme) -> None:
    from console.tasks import TaskScope

    async def play() -> None:
        scope = TaskScope("test")
        view = RequestView(theme, scope)
        bad = RequestPlan("GET", "x", headers=(("A", "line\nend"),))
        view.show_details(RequestDetails("https://pbx.example", RequestAuth(), (bad,)))
        assert view.empty.title() == "No request to show"
        view.show_nothing()
        assert view.empty.title() == "No request yet"
        view.deleteLater()
        await scope.aclose()

    arun(play())


def test_zone_and_week_are_part_of_a_profile(theme: Theme, qtbot: QtBot) -> None:
    profiles = FakeProfiles((profile("Berlin"),))
    editor = ProfileEditor(None, theme, profiles, profiles.all[0])
    qtbot.addWidget(editor)
    page = editor._connection
    page.zone.setEditText("Europe/Nowhere")
    page.week_start.setCurrentIndex(page.week_start.findData(6))
    assert "site_zone" in editor.problems()
    page.zone.setEditText("Europe/Berlin")
    assert "site_zone" not in editor.problems()
    draft = page.read(profiles.all[0])
    assert (draft.site_zone, draft.week_start) == ("Europe/Berlin", 6)
    assert complaints(editor) == []
