"""Plans: a frozen request, byte for byte what is sent, and the run it belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from console.domain.messages import Message
from console.domain.model import ProfileId
from console.reports.schema import Format, Values
from console.reports.timeframe import ResolvedTimeframe


@dataclass(frozen=True, slots=True)
class SecretSlot:
    """A place where a secret belongs: the profile field that holds it. Written ``${field}`` in templates below."""

    field: str


@dataclass(frozen=True, slots=True)
class RequestPlan:
    """One request without its credential; the same plan is sent again, byte for byte, on a retry.

    Attributes:
        path: unencoded, relative to the profile's address.
        query: unencoded names and values, in order.
        body: text, empty for none.
        note: when it is sent or why, for people ("after event 30027", "day 3 of 10").
        link_pointer: JSON pointer of a link in the answer, to a file on the same server that is fetched next with the
            same credential; empty for none. Only snippets need it: runners follow links by themselves.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""
    note: str = ""
    link_pointer: str = ""


@dataclass(frozen=True, slots=True)
class SignIn:
    """A request that must come first, its body holding ``${field}`` where a secret belongs.

    Attributes:
        request: for example ``POST openapi/v1.0/get_token`` with ``{"username": ..., "password": "${client_secret}"}``.
        token_pointer: JSON pointer of the token in the reply.
        query_name: the query parameter it is then sent as.
    """

    request: RequestPlan
    token_pointer: str
    query_name: str
    hints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RequestAuth:
    """How the credential travels, without the credential.

    Attributes:
        bearer: field whose secret is sent as ``Authorization: Bearer``.
        basic_user: user name sent with Basic; the password is the secret of `basic_password`.
        query: (parameter name, field) pairs.
        sign_in: the step that makes a token.
        user_agent: sent when the system demands one.
        resend_status: the status by which the system says "still preparing, send the same again"; 0 for none.
    """

    bearer: str = ""
    basic_user: str = ""
    basic_password: str = ""
    query: tuple[tuple[str, str], ...] = ()
    sign_in: SignIn | None = None
    user_agent: str = ""
    resend_status: int = 0


@dataclass(frozen=True, slots=True)
class RunPlan:
    """Everything a run was asked with, frozen: shown, stored, and reused unchanged by a retry.

    Attributes:
        requests: in the order they are sent; a long range may be several.
        notes: what happens beyond those requests (a file link, an event), in sentences.
        timeframe: what relative dates came to.
    """

    profile_id: ProfileId
    report_id: str
    title: str
    values: Values
    format: str  # a `Format` value, or the free word that was entered
    requests: tuple[RequestPlan, ...]
    timeframe: ResolvedTimeframe | None = None
    notes: tuple[Message, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)  # of the vendor's runner, such as the date format used


TABLE = Format.TABLE.value


@dataclass(frozen=True, slots=True)
class RequestDetails:
    """All the Request tab and the snippets need: the server, the credential's way, the requests.

    Attributes:
        base_url: origin and base path of the profile, no credentials.
        environment: secret field -> environment variable a snippet reads it from.
        ca_file, pin: the profile's trust, for snippets that must reach a server with its own certificate.
    """

    base_url: str
    auth: RequestAuth
    requests: tuple[RequestPlan, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    ca_file: str = ""
    pin: str = ""
    notes: tuple[Message, ...] = ()
