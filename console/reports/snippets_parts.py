"""What every language of a snippet is made from: steps whose texts have holes where a secret belongs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import quote, urlsplit

from console.domain.errors import UserError
from console.domain.messages import english, message
from console.domain.text import ENTRY_LIMIT, safe_text
from console.reports.request import RequestDetails, RequestPlan

RESEND_S = 5  # between two requests for an answer that is still being prepared


class Coding(StrEnum):
    """How a secret must be written where it stands."""

    RAW = "raw"  # in a header
    URL = "url"  # percent-encoded
    JSON = "json"  # inside a JSON string


@dataclass(frozen=True, slots=True)
class Hole:
    """A place for a secret: an environment variable, or the token of the sign-in (`variable` empty).

    Or for the path of a file (`is_link`), which the answer before named.
    """

    variable: str
    coding: Coding = Coding.RAW
    is_link: bool = False

    @property
    def is_token(self) -> bool:
        """Whether the sign-in's token goes here."""
        return not self.variable and not self.is_link


Text = tuple[str | Hole, ...]
"""Literal pieces and holes, in order."""


@dataclass(frozen=True, slots=True)
class Step:
    """One request as it is written down.

    Attributes:
        url: percent-encoded as the console itself sends it.
        headers: `Accept` is always among them; `Content-Type` only when the plan names one.
        basic: user name and variable of its password, for Basic.
        file: where the answer belongs; empty for the screen.
        pointer: keys of the token in the answer, for the sign-in step.
        resend: status at which the same is sent again after `RESEND_S` seconds; 0 for none.
        link: keys of the path of a file in the answer, which the next step fetches.
    """

    note: str
    method: str
    url: Text
    headers: tuple[tuple[str, Text], ...]
    body: Text
    basic: tuple[str, str] | None = None
    file: str = ""
    pointer: tuple[str, ...] = ()
    resend: int = 0
    link: tuple[str, ...] = ()

    @property
    def content_type(self) -> str:
        """The header of that name; empty when none is sent."""
        found = [value for name, value in self.headers if name.lower() == "content-type"]
        return literal(found[0]) if found else ""


@dataclass(frozen=True, slots=True)
class Script:
    """A whole snippet before it is put into a language."""

    steps: tuple[Step, ...]
    comments: tuple[str, ...]
    host: str
    port: int
    is_tls: bool
    ca_file: str
    pin: str

    @property
    def variables(self) -> tuple[str, ...]:
        """The environment variables it reads, in order."""
        found: dict[str, None] = {}
        for step in self.steps:
            for text in (step.url, *(value for _, value in step.headers), step.body):
                found.update((piece.variable, None) for piece in text if isinstance(piece, Hole) and piece.variable)
            if step.basic:
                found[step.basic[1]] = None
        return tuple(found)


_SLOT = re.compile(r"\$\{([A-Za-z0-9_.-]+)\}")
_PATH_SAFE = "/%:@!$'()*,~-._"
_TOKEN_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_FILE_TYPES = (("pdf", ".pdf"), ("csv", ".csv"), ("html", ".html"), ("json", ".json"), ("spreadsheetml", ".xlsx"))


def script_of(details: RequestDetails) -> Script:
    """The steps of a run: the sign-in first, then every request with its credential.

    Raises:
        UserError: a value holds a character that no command can carry (NUL, a line end in a header, half a letter).
    """
    parts = urlsplit(_base(details.base_url))
    auth = details.auth
    steps: list[Step] = []
    if auth.sign_in:
        pointer = tuple(key for key in auth.sign_in.token_pointer.split("/") if key)
        steps.append(_step(details, auth.sign_in.request, is_sign_in=True, pointer=pointer))
    many = len(details.requests) > 1
    for number, plan in enumerate(details.requests, 1):
        file = _file(plan, f"-{number:03d}" if many else "")
        if plan.link_pointer:
            steps += _linked(details, plan, f"report-{number:03d}.csv" if many else "report.csv")
        else:
            steps.append(_step(details, plan, file=file))
    hints = auth.sign_in.hints if auth.sign_in else ()
    comments = tuple(_line(text) for text in (*(english(note) for note in details.notes), *hints))
    is_tls = parts.scheme in ("https", "wss")
    port = parts.port or (443 if is_tls else 80)
    pin = details.pin.replace(":", "").replace(" ", "").lower() if is_tls else ""
    for text in (details.ca_file, details.base_url):
        _check(text, "")
    return Script(tuple(steps), comments, parts.hostname or "", port, is_tls, details.ca_file if is_tls else "", pin)


def variable_of(details: RequestDetails, field: str) -> str:
    """The environment variable a snippet reads a field from."""
    return details.environment.get(field) or re.sub(r"[^A-Z0-9_]", "_", field.upper())


def literal(text: Text) -> str:
    """The literal pieces only."""
    return "".join(piece for piece in text if isinstance(piece, str))


def join(text: Text, written: Callable[[str], str], hole: Callable[[Hole], str], glue: str) -> str:
    """A text as an expression: literals and holes each written by a function, `glue` between; at least one piece."""
    merged: list[str | Hole] = []
    for piece in text:
        if isinstance(piece, str) and merged and isinstance(merged[-1], str):
            merged[-1] += piece
        else:
            merged.append(piece)
    pieces = [written(piece) if isinstance(piece, str) else hole(piece) for piece in merged if piece != ""]
    return glue.join(pieces) or written("")


def _step(
    details: RequestDetails,
    plan: RequestPlan,
    *,
    is_sign_in: bool = False,
    pointer: tuple[str, ...] = (),
    file: str = "",
) -> Step:
    auth = details.auth
    headers: dict[str, tuple[str, Text]] = {"accept": ("Accept", ("application/json",))}
    if auth.user_agent:
        headers["user-agent"] = ("User-Agent", (auth.user_agent,))
    for name, value in plan.headers:
        if not _TOKEN_NAME.fullmatch(name):
            raise UserError(message("snippet.control", what=safe_text(name, 40)))
        headers[name.lower()] = (name, (value.strip(),))
    query: list[tuple[str, Hole]] = []
    basic = None
    if not is_sign_in:
        if auth.bearer:
            headers["authorization"] = ("Authorization", ("Bearer ", Hole(variable_of(details, auth.bearer))))
        if auth.basic_user or auth.basic_password:
            basic = (auth.basic_user, variable_of(details, auth.basic_password))
            _check(auth.basic_user, "user name", lines=False)
        query = [(name, Hole(variable_of(details, field), Coding.URL)) for name, field in auth.query]
        if auth.sign_in:
            query.append((auth.sign_in.query_name, Hole("", Coding.URL)))
    for _, header in headers.values():
        _check(literal(header), "header", lines=False)
    _check(plan.body, "body")
    body = _slots(details, plan.body) if is_sign_in else (plan.body,)
    url = _url(details.base_url, plan, query)
    resend = 0 if is_sign_in else auth.resend_status
    return Step(_line(plan.note), plan.method.upper(), url, tuple(headers.values()), body, basic, file, pointer, resend)


def _linked(details: RequestDetails, plan: RequestPlan, file: str) -> tuple[Step, Step]:
    """A request that names a file, and the one that fetches it: by its path, so that it cannot lead elsewhere."""
    first = replace(_step(details, plan), link=tuple(key for key in plan.link_pointer.split("/") if key))
    any_type = tuple((name, value) for name, value in plan.headers if name.lower() != "accept")
    fetch = replace(plan, method="GET", path="", query=(), body="", headers=(*any_type, ("Accept", "*/*")), note="")
    second = _step(details, fetch, file=file)
    url = (_base(details.base_url), Hole("", is_link=True), *second.url[1:])
    return first, replace(second, note="the file it names", url=url)


def _url(base: str, plan: RequestPlan, holes: Iterable[tuple[str, Hole]]) -> Text:
    """The address, encoded as the console's own transport does it, the credential behind the plan's own query."""
    path = "/".join(_quote(part, ":@!$'()*,~-._") for part in plan.path.removeprefix("/").split("/"))
    pairs = "&".join(f"{_quote(name, '')}={_quote(value, ',')}" for name, value in plan.query)
    text = f"{_base(base)}/{path}" + (f"?{pairs}" if pairs else "")
    pieces: list[str | Hole] = [text]
    for name, hole in holes:
        pieces += [("&" if pairs or len(pieces) > 1 else "?") + _quote(name, "") + "=", hole]
    return tuple(pieces)


def _base(url: str) -> str:
    """Origin and base path in the form the wire needs, however the profile writes them."""
    parts = urlsplit(url)
    host = parts.netloc if parts.netloc.isascii() else parts.netloc.encode("idna").decode("ascii")
    return f"{parts.scheme}://{host}{quote(parts.path.rstrip('/'), safe=_PATH_SAFE)}"


def _quote(text: str, safe: str) -> str:
    return quote(text, safe=safe, errors="replace")


def _slots(details: RequestDetails, body: str) -> Text:
    """The body of a sign-in with a hole for each ``${field}``."""
    pieces: list[str | Hole] = []
    at = 0
    for match in _SLOT.finditer(body):
        pieces += [body[at : match.start()], Hole(variable_of(details, match[1]), Coding.JSON)]
        at = match.end()
    return (*pieces, body[at:])


def _file(plan: RequestPlan, number: str) -> str:
    """Where an answer is saved: files always, other answers when there are several."""
    accept = next((value.lower() for name, value in plan.headers if name.lower() == "accept"), "application/json")
    extension = next((found for word, found in _FILE_TYPES if word in accept), ".bin")
    return f"report{number}{extension}" if number or extension != ".json" else ""


def _check(text: str, where: str, *, lines: bool = True) -> None:
    bad = "\x00" in text or any(0xD800 <= ord(char) < 0xE000 for char in text)
    if bad or (not lines and any(ord(char) < 32 or char == "\x7f" for char in text)):
        raise UserError(message("snippet.control", what=where or "address"))


def _line(text: str) -> str:
    """A comment: one line, nothing in it that could end it."""
    return safe_text(text, ENTRY_LIMIT)
