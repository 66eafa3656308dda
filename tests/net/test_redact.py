"""No secret in any text, and no text spoiled."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import sys
from contextlib import aclosing
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.errors import ConsoleError
from console.domain.secret import Secret
from console.net.auth import Basic, QueryToken
from console.net.exchange import ExchangeLog
from console.net.redact import MASK, RedactingFilter, Redactor, one_line, plain_ascii, quiet_libraries
from tests.faultserver.server import Call, FaultServer, hang, reply
from tests.net.support import GET, KEY, client, live, said

CANARIES = (
    "Canary/9f+key==",
    "pä55wörd-mit-ß",
    'quo"te\\back/slash',
    "percent%20&amp;=?#",
    "line\u2028sep-secret",
    "(regex.*[chars]+)?",
    "0123456789abcdef0123456789abcdef",
    "emoji😀secret",
)


def redactor(*secrets: str) -> Redactor:
    """One that knows these secrets."""
    made = Redactor()
    for secret in secrets:
        made.register(Secret(secret))
    return made


def forms(secret: str) -> list[str]:
    """The spellings a secret travels in, made here by other means than in the product."""
    data = secret.encode()
    pair = base64.b64encode(b"us\xc3\xa9r:" + data).decode()
    return [
        secret,
        quote(secret, safe=""),
        quote(secret),
        quote_plus(secret),
        quote(secret, safe="").replace("%2F", "%2f").replace("%3D", "%3d").replace("%2B", "%2b"),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        base64.b64encode(data).decode(),
        base64.urlsafe_b64encode(data).decode(),
        pair,
        base64.b64encode(b"a:" + data + b"\n").decode(),
    ]


@pytest.mark.parametrize("secret", CANARIES)
def test_se_01_every_spelling_of_a_live_secret_is_masked(secret: str) -> None:
    clean = redactor(secret)
    for form in forms(secret):
        for text in (form, f"x {form} y", f'{{"errmsg": "bad {form}"}}', f"GET /a?b={form}&c=1"):
            shown = clean.text(text)
            assert form not in shown, form
            assert MASK in shown
    for form in forms(secret)[7:]:  # base64: only the characters shared with neighbours may remain behind the mask
        assert len(clean.text(form).rpartition(MASK)[2]) <= 5


def test_a_forgotten_secret_is_no_longer_masked_and_registering_twice_is_one() -> None:
    clean = redactor(KEY, KEY)
    clean.forget(Secret(KEY))
    assert clean.text(KEY) == KEY


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("GET https://h/x?id=1&access_token=abc123&z=2", "abc123"),
        ("auth_token=zzq&id=1", "zzq"),
        ("?key=k1", "k1"),
        ('{"password": "p w", "a": 1}', "p w"),
        ('{"refresh_token":"r\\"t"}', 'r\\"t'),
        ("{'client_secret': 'abc'}", "abc"),
        ("Authorization: Bearer abc.def", "abc.def"),
        ("authorization: Basic dXNlcjpwdw==", "dXNlcjpwdw=="),
        ("headers [(b'Authorization', b'Bearer zzz'), (b'Accept', b'*')]", "zzz"),
        ("(b'Set-Cookie', b'session=1234; Path=/')", "1234"),
        ("Cookie: session=12345", "12345"),
        ("sent Bearer aB3xyz to host", "aB3xyz"),
    ],
)
def test_se_01_unknown_secrets_are_masked_by_name(text: str, secret: str) -> None:
    shown = Redactor().text(text)
    assert secret not in shown
    assert MASK in shown


def test_names_that_are_no_secrets_keep_their_values() -> None:
    clean = redactor(KEY)
    for text in (
        '{"results":[{"key":{"metricId":"K13","categoryValue":"John"},"value":{"count":3}}]}',
        '{"columns":[{"key":"0","title":"Agent"}]}',
        "Basic settings of the bearer service",
        "the secret store is locked",
        "monkey=1&tokens=5 passwords",
        "id=101&name=Token%20ring",
    ):
        assert clean.text(text) == text
        assert clean.body(text) == text


def test_se_05_a_short_secret_is_masked_by_name_and_in_a_servers_own_words_only() -> None:
    clean = redactor("1234", "pw")
    assert clean.text("1234 calls, pwned, 12345") == "1234 calls, pwned, 12345"
    assert clean.text("/x?auth_token=1234&n=1234") == f"/x?auth_token={MASK}&n=1234"
    assert clean.strict("wrong key 1234, not 12345") == f"wrong key {MASK}, not 12345"


def test_se_05_a_secret_that_is_a_word_does_not_blank_the_log() -> None:
    clean = redactor("console", "waiting", "123456")
    assert clean.text("console.net.http waitings awaiting 91234567") == "console.net.http waitings awaiting 91234567"
    assert clean.text("the key waiting is wrong") == f"the key {MASK} is wrong"
    assert clean.text('"123456"') == f'"{MASK}"'


def test_se_05_a_secret_of_regex_characters_is_taken_literally() -> None:
    clean = redactor(".*.*.*", "((((((")
    assert clean.text("everything else stays") == "everything else stays"
    assert clean.text("a ((((((b") == f"a {MASK}b"


def test_empty_secrets_mask_nothing() -> None:
    assert redactor("").text("abc") == "abc"


def test_urls_keep_the_names_of_their_parameters() -> None:
    clean = redactor(KEY)
    url = f"wss://user:pw@host:1/a?id=1&auth_token={quote(KEY, safe='')}&Key=a&id=%2B#frag"
    assert clean.url(url) == f"wss://{MASK}@host:1/a?id=1&auth_token={MASK}&Key={MASK}&id=%2B#frag"
    assert clean.url("http://h/a?=&&b") == "http://h/a?=&&b"


def test_headers_keep_their_scheme_and_lose_their_secret() -> None:
    shown = redactor(KEY).headers(
        {
            "Authorization": f"Bearer {KEY}",
            "cookie": "a=b",
            "Location": f"https://h/x?access_token=zz&e={KEY}",
            "X-Echo": KEY,
            "Accept": "a",
        }
    )
    assert shown == {
        "Authorization": f"Bearer {MASK}",
        "cookie": MASK,
        "Location": f"https://h/x?access_token={MASK}&e={MASK}",
        "X-Echo": MASK,
        "Accept": "a",
    }


@given(st.text(min_size=6, max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_no_registered_secret_survives_any_surroundings(secret: str, before: str, after: str) -> None:
    if len(secret.strip()) < 6 or secret.isalnum():
        return
    assert secret not in redactor(secret).text(f"{before}{secret}{after}").replace(MASK, "")


def test_se_07_one_event_is_one_line() -> None:
    text = "a\r\nFAKE 2026 ERROR\x1b[2Jb\u2028c\u2029d\x08e\u202ef\x85g\tt\ud800"
    shown = one_line(text)
    assert len(shown.splitlines()) == 1
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert shown.encode("utf-8")
    assert one_line(shown) == shown


def test_a_servers_words_become_short_printable_ascii() -> None:
    shown = plain_ascii("no\r\n\x1b[31m\u202e😀é" + "x" * 2000)
    assert shown.isascii()
    assert shown.isprintable()
    assert len(shown) == 500


class Lines(logging.Handler):
    """Keeps the formatted lines."""

    def __init__(self, clean: Redactor) -> None:
        super().__init__()
        self.addFilter(RedactingFilter(clean))
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


def logged(*secrets: str) -> tuple[logging.Logger, Lines]:
    """A logger of its own with our filter on its handler."""
    handler = Lines(redactor(*secrets))
    logger = logging.Logger("third.party", logging.DEBUG)
    logger.addHandler(handler)
    return logger, handler


def test_se_01_messages_arguments_and_tracebacks_are_redacted_in_one_line() -> None:
    logger, handler = logged(KEY)
    logger.info("GET %s", f"https://h/x?auth_token={KEY}")
    logger.info("%(a)s", {"a": KEY})
    logger.info("wrong %d", KEY)
    logger.info(KEY)
    try:
        raise ValueError(f"bad {KEY}")
    except ValueError:
        logger.exception("failed\nX")
        logger.info("stack", stack_info=True)
    logger.log(logging.INFO, "again", exc_info=sys.exc_info())
    assert len(handler.lines) == 7
    assert not any("\n" in line for line in handler.lines)
    text = "\n".join(handler.lines)
    assert KEY not in text
    assert "ValueError: bad ********" in text
    assert "arguments do not fit" in handler.lines[2]


def test_two_handlers_see_the_same_clean_record() -> None:
    logger, handler = logged(KEY)
    second = Lines(redactor(KEY))
    logger.addHandler(second)
    try:
        raise ValueError(KEY)
    except ValueError:
        logger.exception("a\nb")
    assert handler.lines == second.lines


async def test_se_03_libraries_at_debug_and_asyncio_debug_leak_nothing(log_lines: list[str]) -> None:
    asyncio.get_running_loop().set_debug(True)
    token = QueryToken("auth_token", Secret(KEY))

    async def once(call: Call) -> None:
        await call.upgrade()
        await call.frame(f"echo {KEY}")
        await hang(call)

    for name in ("httpx", "httpcore", "websockets", "asyncio"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    async with FaultServer([reply(f'"{KEY}"', headers={"Set-Cookie": f"s={KEY}"}), once]) as server:
        http = client(server.url, auth=Basic("user", Secret(KEY)))
        await http.send(GET)
        await http.aclose()
        async with aclosing(live(server.url).frames("/live", (), token)) as frames:
            await anext(frames)
    text = "\n".join(log_lines)
    assert "websockets" in text or "GET /live" in text  # the libraries did speak
    assert "receive_response_headers" in text
    assert base64.b64encode(f"user:{KEY}".encode()).decode() not in text


def test_quiet_libraries_caps_what_prints_urls(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("httpx", "httpcore", "websockets", "websockets.client")
    former = {name: logging.getLogger(name).level for name in names}
    try:
        quiet_libraries()
        assert not any(logging.getLogger(name).isEnabledFor(logging.INFO) for name in names)
        assert not logging.getLogger("httpcore.http11").isEnabledFor(logging.DEBUG)
    finally:
        for name, level in former.items():
            logging.getLogger(name).setLevel(level)


@pytest.mark.parametrize("status", [200, 302, 401, 403, 404, 418, 500])
async def test_se_04_a_secret_that_the_server_echoes_is_masked_by_value(status: int) -> None:
    log = ExchangeLog()
    echo = f"<p>wrong key {KEY} ({quote(KEY, safe='')}, {base64.b64encode(KEY.encode()).decode()})</p>"
    headers = {"Location": f"http://{'evil.example'}/{quote(KEY, safe='')}", "X-Echo": KEY}
    async with FaultServer([reply(echo, status, headers)]) as server:
        http = client(server.url, exchanges=log)
        with pytest.raises(ConsoleError) as caught:
            await http.decode_json(await http.send(GET))
        await http.aclose()
    kept = log.recent("p1")[0]
    assert kept.status == status
    for shown in (said(caught.value), repr(kept)):
        for form in (KEY, quote(KEY, safe=""), base64.b64encode(KEY.encode()).decode().rstrip("=")):
            assert form not in shown


async def test_se_04_the_detail_of_an_error_is_short_ascii(log_lines: list[str]) -> None:
    async with FaultServer([reply("\x1b[2J\u202e" + "é" * 9000, 500)]) as server:
        http = client(server.url)
        with pytest.raises(ConsoleError) as caught:
            await http.send(GET)
        await http.aclose()
    assert caught.value.detail.isascii()
    assert caught.value.detail.isprintable()
    assert len(caught.value.detail) <= 500
