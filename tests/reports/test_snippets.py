"""Snippets as text: quoting, what is refused, what the languages that cannot be run here say."""

from __future__ import annotations

import json
import shlex
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.domain.errors import UserError
from console.reports.request import RequestAuth, RequestDetails, RequestPlan, SignIn
from console.reports.snippets import Language, snippet
from console.reports.snippets_curl import sh_quote
from console.reports.snippets_powershell import ps_quote

_TEXT = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), max_size=60)
_JSON = (("Content-Type", "application/json"),)
_SIGN_IN = SignIn(
    RequestPlan("POST", "get_token", (), _JSON, '{"id": "${client_id}", "secret": "${client_secret}"}', "sign in"),
    "/access_token",
    "access_token",
    ("Takes a session.",),
)


def _details(auth: RequestAuth | None = None, *plans: RequestPlan, **more: str) -> RequestDetails:
    plans = plans or (RequestPlan("POST", "a b", (("x", "1 2"),), _JSON, '{"it\'s": "$x"}', "day 1"),)
    return RequestDetails(
        "https://pbx.example:8088/v1", auth or RequestAuth(bearer="key"), plans, {"key": "KEY"}, **more
    )


@given(st.lists(_TEXT, min_size=1, max_size=8))
@settings(max_examples=30)
def test_sh_words_arrive_unchanged(words: list[str]):
    command = "printf '%s\\0' " + " ".join(sh_quote(word) for word in words)
    done = subprocess.run(["sh", "-c", command], capture_output=True, check=True)
    assert done.stdout == b"".join(word.encode() + b"\0" for word in words)


@given(_TEXT)
def test_curl_body_is_one_word(body: str):
    text = snippet(_details(None, RequestPlan("POST", "x", (), _JSON, body)), "curl")
    words = shlex.split(text.split("curl ", 1)[1].replace("\\\n", " "))
    assert words[words.index("--data-raw") + 1] == body


@given(_TEXT)
def test_python_says_the_same(body: str):
    text = snippet(_details(None, RequestPlan("POST", "x", (), _JSON, body)), "python")
    compile(text, "snippet", "exec")
    if body:
        assert f"content={body!r}.encode()" in text


@given(_TEXT)
def test_json_is_json(body: str):
    data = json.loads(snippet(_details(None, RequestPlan("POST", "x", (), _JSON, body)), "json"))
    assert data["requests"][0]["body"] == body


@given(_TEXT)
def test_powershell_strings_close_where_they_should(text: str):
    quoted = ps_quote(text)
    inner = quoted[1:-1]
    for mark in "'‘’‚‛":
        inner = inner.replace(mark * 2, "")
        assert mark not in inner
    assert quoted[0] == quoted[-1] == "'"


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize(
    "plan",
    [
        RequestPlan("POST", "x", (), (), "a\x00b"),
        RequestPlan("POST", "x", (), (), "a\ud800b"),
        RequestPlan("GET", "x", (), (("X-A", "a\r\nX-B: c"),)),
        RequestPlan("GET", "x", (), (("X A", "b"),)),
    ],
)
def test_what_no_command_can_carry_is_refused(language: Language, plan: RequestPlan):
    with pytest.raises(UserError) as caught:
        snippet(_details(None, plan), language)
    assert caught.value.message.code == "snippet.control"


@pytest.mark.parametrize("language", list(Language))
def test_a_note_cannot_become_a_command(language: Language):
    text = snippet(_details(None, RequestPlan("GET", "x", note="day 1\n rm -rf x\r\nrm")), language)
    assert not any(line.strip().startswith("rm") for line in text.splitlines())


def test_unknown_language_names_the_known():
    with pytest.raises(UserError, match="http, curl, python, powershell, json"):
        snippet(_details(), "cobol")


def test_websocket_is_for_those_who_can():
    details = RequestDetails("wss://x.example", RequestAuth(query=(("auth_token", "key"),)), (RequestPlan("GET", "s"),))
    assert "wss://x.example/s?auth_token={{$processEnv KEY}}" in snippet(details, "http")
    with pytest.raises(UserError, match="websocket"):
        snippet(details, "curl")


def test_powershell_golden():
    auth = RequestAuth(basic_user="o'neil", basic_password="key", user_agent="OpenAPI")
    assert snippet(_details(auth, ca_file="C:\\my ca.pem"), "powershell") == (
        "# needs in the environment: KEY\n"
        "$ErrorActionPreference = 'Stop'\n"
        "[Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol"
        " -bor [Net.SecurityProtocolType]::Tls12\n"
        "# PowerShell trusts what Windows trusts and takes no CA file: import it once for this user\n"
        "# Import-Certificate -FilePath 'C:\\my ca.pem' -CertStoreLocation Cert:\\CurrentUser\\Root\n"
        "# day 1\n"
        "$headers = @{\n"
        "    'Accept' = 'application/json'\n"
        "    'Authorization' = 'Basic ' + [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes("
        "('o''neil:' + ${env:KEY})))\n"
        "}\n"
        "(Invoke-WebRequest -UseBasicParsing -Method POST `\n"
        "    -Uri 'https://pbx.example:8088/v1/a%20b?x=1%202' `\n"
        "    -Headers $headers `\n"
        "    -UserAgent 'OpenAPI' `\n"
        "    -ContentType 'application/json' `\n"
        "    -Body ([Text.Encoding]::UTF8.GetBytes('{\"it''s\": \"$x\"}'))).Content\n"
    )


def test_powershell_sign_in_and_pin():
    details = _details(
        RequestAuth(sign_in=_SIGN_IN), RequestPlan("GET", "f", (), (("Accept", "text/csv"),)), pin="AB" * 32
    )
    text = snippet(details, "powershell")
    assert text.index("$expected = '" + "ab" * 32) < text.index("Invoke-RestMethod")
    assert "$token = (Invoke-RestMethod -Method POST" in text
    assert ").'access_token'" in text
    assert "-Uri ('https://pbx.example:8088/v1/f?access_token=' + [Uri]::EscapeDataString($token))" in text
    assert "-OutFile 'report.csv'" in text


def test_powershell_asks_again():
    text = snippet(_details(RequestAuth(bearer="key", resend_status=202), RequestPlan("GET", "x")), "powershell")
    assert text.endswith(
        "while ($true) {  # status 202: still being prepared, the same is sent again\n"
        "$reply = Invoke-WebRequest -UseBasicParsing -Method GET `\n"
        "    -Uri 'https://pbx.example:8088/v1/x' `\n"
        "    -Headers $headers\n"
        "if ($reply.StatusCode -ne 202) { break }\n"
        "Start-Sleep -Seconds 5\n"
        "}\n"
        "$reply.Content\n"
    )


def test_http_file_golden():
    assert snippet(_details(RequestAuth(sign_in=_SIGN_IN)), "http") == (
        "# Takes a session.\n"
        "# needs in the environment: CLIENT_ID, CLIENT_SECRET (percent-encoded where in an address)\n"
        "\n"
        "### sign in\n"
        "# @name signin\n"
        "POST https://pbx.example:8088/v1/get_token\n"
        "Accept: application/json\n"
        "Content-Type: application/json\n"
        "\n"
        '{"id": "{{$processEnv CLIENT_ID}}", "secret": "{{$processEnv CLIENT_SECRET}}"}\n'
        "\n"
        "### day 1\n"
        "POST https://pbx.example:8088/v1/a%20b?x=1%202&access_token={{signin.response.body.$.access_token}}\n"
        "Accept: application/json\n"
        "Content-Type: application/json\n"
        "\n"
        '{"it\'s": "$x"}\n'
    )


def test_a_base_path_is_encoded_once():
    for base in ("https://bücher.example/a b/", "https://xn--bcher-kva.example/a%20b"):
        details = RequestDetails(base, RequestAuth(), (RequestPlan("GET", "x"),))
        assert json.loads(snippet(details, "json"))["requests"][0]["url"] == "https://xn--bcher-kva.example/a%20b/x"


def test_urls_are_those_of_the_transport():
    from console.net.address import parse_address

    plan = RequestPlan("GET", "/a b/é%/'x'", (("q", "a,b&c='"), ("", "")))
    data = json.loads(snippet(_details(None, plan), "json"))
    assert data["requests"][0]["url"] == parse_address("https://pbx.example:8088/v1").url(plan.path, plan.query)
