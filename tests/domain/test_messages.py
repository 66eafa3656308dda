"""console.domain: every sentence can be said, secrets stay silent, columns are unique."""

from __future__ import annotations

import pickle
import string

import pytest

from console.domain.columns import STANDARD, find, standard
from console.domain.enums import Section
from console.domain.errors import AuthError
from console.domain.messages import ENGLISH, Message, english, message, once
from console.domain.secret import Secret


@pytest.mark.parametrize("code", sorted(ENGLISH))
def test_every_sentence_is_plain_and_filled_by_name(code: str) -> None:
    fields = [name for _, name, _, _ in string.Formatter().parse(ENGLISH[code]) if name is not None]
    assert all(name.isidentifier() for name in fields)
    text = english(Message(code, dict.fromkeys(fields, "x")))
    assert "{" not in text
    assert "\n" not in text


def test_an_unknown_code_is_refused() -> None:
    with pytest.raises(KeyError):
        message("no.such.code")


def test_an_error_says_its_sentence() -> None:
    error = AuthError(message("http.unauthorized", host="pbx", secret="key"))
    assert str(error) == "pbx does not accept the key. Enter the current one in the profile."


def test_a_secret_shows_itself_nowhere() -> None:
    secret = Secret("hunter2-canary")
    for shown in (str(secret), repr(secret), f"{secret}", f"{secret!r:>30}", "%s" % secret):  # noqa: UP031
        assert "hunter2" not in shown
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    assert secret.reveal() == "hunter2-canary"
    assert secret == Secret("hunter2-canary")
    assert not Secret("")


def test_standard_columns_are_unique_and_explained() -> None:
    keys = [(column.section, column.id) for column in STANDARD]
    assert len(keys) == len(set(keys))
    assert all(column.definition.endswith(".") for column in STANDARD)
    assert [c.id for c in standard(Section.AGENTS)][:2] == ["state", "time_in_state"]
    assert find(Section.QUEUES, "state") is None


def test_what_is_asked_once_promises_no_further_tries() -> None:
    for code, text in ENGLISH.items():
        if code.startswith("once."):
            assert code.removeprefix("once.") in ENGLISH
            assert "by itself" not in text
    told = once(message("http.throttled", host="h"))
    assert english(told) == "h gets too many requests (HTTP 429). Wait a little, then try it again."
    assert once(message("text.plain", text="x")).code == "text.plain"


def test_every_promise_of_a_request_has_a_form_without_it() -> None:
    ours = {code for code, text in ENGLISH.items() if "tries again by itself" in text or "on screen stay" in text}
    live = {"session.bug", "poll.dead", "socket.closed", "socket.silent"}  # said of live connections only
    ours = {code for code in ours if not code.startswith(("wallboard.", "limits.", "alert.", "record."))}  # files
    assert {code for code in ours if f"once.{code}" not in ENGLISH} <= live
