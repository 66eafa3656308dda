"""Addresses, the allow-list and the choice of a proxy."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.errors import UserError
from console.net.address import parse_address, profile_address
from console.net.allow import AllowRule, find_rule
from console.net.proxy import choose_proxy
from tests.net.support import profile


def test_an_address_is_taken_apart() -> None:
    address = parse_address("HTTPS://PBX.Example.com:8443/rest base//")
    assert (address.scheme, address.host, address.port) == ("https", "pbx.example.com", 8443)
    assert address.url("/a/b", (("x", "1"),)) == "https://pbx.example.com:8443/rest%20base/a/b?x=1"
    assert address.url("a", websocket=True).startswith("wss://pbx.example.com:8443/")
    assert parse_address("http://h:80/").shown == "h"
    assert parse_address("https://[::1]:9/").origin == "https://[::1]:9"
    assert parse_address("https://bücher.example/").host == "xn--bcher-kva.example"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "pbx",
        "ftp://h/",
        "https://",
        "https:///x",
        "https://h:99999/",
        "https://h:0/",
        "https://a b/",
        "https://[::1",
    ],
)
def test_an_unusable_address_is_named(url: str) -> None:
    with pytest.raises(UserError) as caught:
        parse_address(url)
    assert caught.value.message.code == "profile.url"


@pytest.mark.parametrize("url", ["https://u:secret@h/", "https://u@h/", "https://h/?key=secret", "https://h/#secret"])
def test_an_address_with_a_secret_in_it_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(UserError) as caught:
        parse_address(url)
    assert "secret@" not in str(caught.value)
    assert caught.value.message.code == "profile.url_secret"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "localhost", "[::1]", "app.localhost"])
def test_tl_09_this_machine_needs_no_encryption(host: str) -> None:
    assert profile_address(profile(f"http://{host}:1"), has_secret=True).is_loopback


@pytest.mark.parametrize("host", ["10.0.0.5", "pbx", "localhost.evil.example", "127.0.0.1.evil.example", "[fe80::1]"])
def test_tl_09_every_other_machine_does(host: str) -> None:
    with pytest.raises(UserError) as caught:
        profile_address(profile(f"http://{host}:1"), has_secret=True)
    assert caught.value.message.code == "tls.plain_http"
    assert profile_address(profile(f"http://{host}:1"), has_secret=False)
    assert profile_address(profile(f"http://{host}:1", allow_plain_http=True), has_secret=True)


def test_a_star_stands_for_exactly_one_segment() -> None:
    rules = (AllowRule("get", "/a/*/b", "x"), AllowRule("POST", "/c", "y"))
    assert find_rule(rules, "GET", "/a/1/b") is rules[0]
    assert find_rule(rules, "GET", "a/1/b") is rules[0]
    for method, path in [
        ("GET", "/a//b"),
        ("GET", "/a/1/2/b"),
        ("GET", "/a/../b"),
        ("GET", "/a/./b"),
        ("GET", "/a/1/b/"),
        ("GET", "/A/1/b"),
        ("PUT", "/a/1/b"),
        ("GET", "/c"),
        ("GET", "/a/\n/b"),
    ]:
        assert find_rule(rules, method, path) is None


@given(st.text(st.characters(), max_size=30))
def test_whatever_an_id_holds_the_request_stays_on_its_path(text: str) -> None:
    rules = (AllowRule("GET", "/a/*/b", "x"),)
    path = f"/a/{text}/b"
    if find_rule(rules, "GET", path):
        url = parse_address("https://h/base").url(path, (("q", text),))
        assert url.startswith("https://h/base/a/")
        assert url.isascii()
        head, _, query = url.partition("?")
        assert head.count("/") == 6
        assert query.startswith("q=")
        assert "&" not in query
        assert "#" not in url


SYSTEM = {"http": "http://proxy:3128", "https": "proxy:3129", "no": "internal.example,.corp.example,10.0.0.0/8,h:8443"}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://pbx.example.com", "http://proxy:3129"),
        ("http://pbx.example.com", "http://proxy:3128"),
        ("https://internal.example", None),
        ("https://sub.internal.example", None),
        ("https://notinternal.example", "http://proxy:3129"),
        ("https://a.corp.example", None),
        ("https://10.1.2.3", None),
        ("https://192.168.1.4", None),
        ("https://[fd00::1]", None),
        ("https://127.0.0.1", None),
        ("https://pbx", None),
        ("https://pbx.local", None),
        ("https://8.8.8.8", "http://proxy:3129"),
    ],
)
def test_the_systems_proxy_is_for_far_hosts_only(url: str, expected: str | None) -> None:
    assert choose_proxy("system", parse_address(url), lambda: SYSTEM) == expected


def test_the_profile_can_name_a_proxy_or_none() -> None:
    near = parse_address("https://10.0.0.1")
    assert choose_proxy("none", near, lambda: SYSTEM) is None
    assert choose_proxy("http://p:1", near, lambda: SYSTEM) == "http://p:1"
    assert choose_proxy("system", parse_address("https://far.example"), dict) is None
    for wrong in ("socks5://p:1", "https://p:1", "p:1", "http://", "http://p:99999"):
        with pytest.raises(UserError) as caught:
            choose_proxy(wrong, near, lambda: SYSTEM)
        assert caught.value.message.code == "connect.proxy_kind"


def test_importing_the_room_loads_no_network_library() -> None:
    code = (
        "import sys, console.net.http, console.net.socket, console.net.tls, console.net.pace, console.net.redact\n"
        "heavy = {'httpx', 'httpcore', 'websockets', 'truststore', 'cryptography', 'anyio', 'msgspec'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
