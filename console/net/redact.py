"""Redaction: the one list of secret names, and the values of the live secrets in every form they travel in."""

from __future__ import annotations

import base64
import json
import logging
import re
from collections.abc import Mapping
from urllib.parse import quote, quote_plus, unquote_plus

from console.domain.secret import Secret

MASK = "********"
MIN_VALUE = 6  # shorter secrets are masked by name only: masking "1234" everywhere would falsify every figure
_SIMPLE = 12  # up to this length a secret of only letters or only digits may be a common word or a figure

_TOKEN_NAMES = (
    "access_token",
    "auth_token",
    "refresh_token",
    "id_token",
    "token",
    "password",
    "passwd",
    "client_secret",
    "secret",
    "api_key",
    "apikey",
    "authentication_key",
    "authorization",
    "proxy-authorization",
    "cookie",
    "set-cookie",
    "x-api-key",
)
# "key" is a secret as a parameter, but in a body it is a vendor's word for a row or column
SECRET_PARAMETERS = frozenset({*_TOKEN_NAMES, "key", "sign", "signature"})
SECRET_HEADERS = frozenset({*_TOKEN_NAMES, "x-auth-token", "sec-websocket-key", "sec-websocket-accept"})

# every name contains one of these: enough to see that a large body holds no name at all
_ROOTS = tuple(name for name in _TOKEN_NAMES if not any(other in name for other in _TOKEN_NAMES if other != name))
_NAMES = "|".join(sorted((re.escape(name) for name in _TOKEN_NAMES), key=len, reverse=True))
_PARAMETER = re.compile(rf"(?i)((?:[?&;]key|(?<![\w-])(?:{_NAMES}))=)([^&\s\"'<>#;,)\]}}]+)")
_JSON_MEMBER = re.compile(rf"(?i)(\\?[\"'](?:{_NAMES})\\?[\"']\s*:\s*\\?[\"'])((?:[^\"'\\]|\\[^\"'])*)")
_HEADER_LINE = re.compile(rf"(?i)((?<![\w-])(?:{_NAMES}):[ \t]*)((?:(?:bearer|basic|digest)[ \t]+)?[^\s\"',}}\]]+)")
_SCHEME = re.compile(r"(?i)(\b(?:bearer|basic)[ \t]+)([A-Za-z0-9+/=._~%-]{3,})")
_BYTES_HEADER = re.compile(rf"(?i)(\(b[\"'](?:{_NAMES})[\"'],\s*b[\"'])((?:[^\"'\\]|\\.)*)")
_BY_NAME = (_BYTES_HEADER, _JSON_MEMBER, _PARAMETER, _HEADER_LINE)
_HINT = re.compile(rf"(?i){_NAMES}|key=")


class Redactor:
    """Masks secrets in texts, URLs and headers: by name, and by value of every registered secret.

    One object per process, made by the composition root and passed on. Registering is cheap and idempotent.
    """

    def __init__(self) -> None:
        self._secrets: dict[Secret, tuple[str, ...]] = {}
        self._plain: tuple[str, ...] = ()
        self._percent: re.Pattern[str] | None = None
        self._words: re.Pattern[str] | None = None
        self._strict: re.Pattern[str] | None = None

    def register(self, secret: Secret) -> None:
        """Mask this secret from now on."""
        if secret and secret not in self._secrets:
            self._secrets[secret] = _forms(secret.reveal())
            self._rebuild()

    def forget(self, secret: Secret) -> None:
        """No longer mask this secret by value."""
        if self._secrets.pop(secret, None) is not None:
            self._rebuild()

    def text(self, text: str) -> str:
        """A log line, a body, an error text without secrets."""
        return self._by_name(self._by_value(text))

    def strict(self, text: str) -> str:
        """Like `text`, and short secrets are masked wherever they stand as a word: for a server's own words."""
        text = self.text(text)
        return self._strict.sub(MASK, text) if self._strict is not None else text

    def body(self, text: str) -> str:
        """A reply's body; like `text`, but skips the search by name when no such name occurs (bodies are large)."""
        text = self._by_value(text)
        lowered = text.lower()
        if any(root in lowered for root in _ROOTS):
            text = _JSON_MEMBER.sub(_mask, _PARAMETER.sub(_mask, text))
        return text

    def url(self, url: str) -> str:
        """A URL whose secret parameters and user info are masked; the parameters' names stay."""
        head, mark, query = url.partition("?")
        head = re.sub(r"(?<=://)[^/@]*@", f"{MASK}@", head)
        query, hash_mark, fragment = query.partition("#")
        parts = []
        for part in query.split("&") if mark else ():
            name, equals, _ = part.partition("=")
            hidden = equals and unquote_plus(name).lower() in SECRET_PARAMETERS
            parts.append(f"{name}={MASK}" if hidden else part)
        return self._by_value(head + mark + "&".join(parts) + hash_mark + fragment)

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Headers whose secret values are masked; an authorization scheme stays readable."""
        clean: dict[str, str] = {}
        for name, value in headers.items():
            if name.lower() in SECRET_HEADERS:
                scheme, space, _ = value.partition(" ")
                known = space and scheme.lower() in ("bearer", "basic", "digest")
                clean[name] = f"{scheme} {MASK}" if known else MASK
            elif "://" in value or name.lower() == "location":
                clean[name] = self.strict(self.url(value))
            else:
                clean[name] = self.text(value)
        return clean

    def _by_value(self, text: str) -> str:
        for form in self._plain:
            if form in text:
                text = text.replace(form, MASK)
        if self._percent is not None and "%" in text:
            text = self._percent.sub(MASK, text)
        return self._words.sub(MASK, text) if self._words is not None else text

    @staticmethod
    def _by_name(text: str) -> str:
        if _HINT.search(text):
            for pattern in _BY_NAME:
                text = pattern.sub(_mask, text)
        return _SCHEME.sub(_mask_scheme, text) if "earer" in text or "asic" in text or "EARER" in text else text

    def _rebuild(self) -> None:
        plain: set[str] = set()
        words: set[str] = set()
        short: set[str] = set()
        percent: set[str] = set()
        for secret, forms in self._secrets.items():
            raw = secret.reveal()
            if len(raw) < MIN_VALUE:
                short.add(raw)
                continue
            simple = len(raw) < _SIMPLE and raw.isalnum() and (raw.isalpha() or raw.isdigit())
            (words if simple else plain).add(raw)
            plain.update(form for form in forms if form != raw)
            percent |= _percent_forms(raw)
        self._plain = tuple(sorted(plain, key=len, reverse=True))
        self._percent = re.compile("|".join(sorted(percent, key=len, reverse=True))) if percent else None
        self._words = _whole_words(words)
        self._strict = _whole_words(short)


def _mask(match: re.Match[str]) -> str:
    return match.group(1) + MASK if match.group(2) else match.group(0)


def _mask_scheme(match: re.Match[str]) -> str:
    value = match.group(2)
    # "basic settings" is prose; a credential has a digit, a capital inside or padding
    is_prose = value.isalpha() and (value.islower() or value.istitle())
    return match.group(0) if is_prose else match.group(1) + MASK


def _whole_words(words: set[str]) -> re.Pattern[str] | None:
    if not words:
        return None
    choices = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return re.compile(rf"(?<![\w./-])(?:{choices})(?![\w/-]|\.\w)")


def _forms(raw: str) -> tuple[str, ...]:
    """A secret and its other spellings but the percent-encoded: base64 alone or behind any user name, JSON-escaped."""
    if len(raw) < MIN_VALUE:
        return ()
    data = raw.encode("utf-8", "surrogatepass")
    forms = {raw}
    forms |= {json.dumps(raw)[1:-1], json.dumps(raw, ensure_ascii=False)[1:-1], repr(raw)[1:-1], repr(data)[2:-1]}
    forms.add(json.dumps(raw)[1:-1].replace("/", "\\/"))
    for skip in range(3):
        # behind `user:` the secret starts at any of three alignments; the characters that neighbours share are cut
        encoded = base64.b64encode(b"\0" * skip + data).rstrip(b"=")
        whole = (skip + len(data)) * 8 // 6
        core = encoded[(skip * 8 + 5) // 6 : whole]
        if len(core) >= 8:
            forms.add(core.decode("ascii"))
            forms.add(core.decode("ascii").replace("+", "-").replace("/", "_"))
            forms.add(quote(core, safe=""))
    return tuple(forms)


def _percent_forms(raw: str) -> set[str]:
    """Patterns of the percent-encoded spellings, in which the case of the hex digits does not count."""
    data = raw.encode("utf-8", "surrogatepass")
    spellings = {quote(data, safe=""), quote(data), quote_plus(data), quote(data, safe=","), quote(data, safe="=,")}
    return {
        re.sub(r"%([0-9A-F]{2})", lambda match: f"(?i:%{match.group(1)})", re.escape(spelling))
        for spelling in spellings
        if "%" in spelling or "+" in spelling
    }


_ESCAPES = {code: f"\\x{code:02x}" for code in (*range(32), *range(0x7F, 0xA0)) if chr(code) not in "\t"} | {
    0x0A: "\\n",
    0x0D: "\\r",
    0x2028: "\\u2028",
    0x2029: "\\u2029",
}
_ESCAPES |= {code: f"\\u{code:04x}" for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F)}


def one_line(text: str) -> str:
    """Text with line ends, control, bidi-control and ANSI characters spelled out: one event stays one line."""
    return text.translate(_ESCAPES).encode("utf-8", "backslashreplace").decode("utf-8")


def plain_ascii(text: str, limit: int = 500) -> str:
    """A server's own words for a details view: printable ASCII, everything else spelled out, cut to `limit`."""
    escaped = "".join(
        char if " " <= char <= "~" else char.encode("unicode_escape").decode("ascii") for char in text[: limit + 1]
    )
    return escaped if len(escaped) <= limit else escaped[: limit - 3] + "..."


class RedactingFilter(logging.Filter):
    """A filter for handlers (not loggers: records of third-party loggers must pass it too).

    Redacts message, arguments and tracebacks, and makes one line of each event. Never raises, never drops.
    """

    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor
        self._formatter = logging.Formatter()

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record in place; it always passes."""
        try:
            text = record.getMessage()
        except Exception:  # a wrong format string must not lose the event
            text = f"{record.msg} (arguments do not fit)"
        if record.exc_info and record.exc_info[0] is not None:
            text += " | " + self._formatter.formatException(record.exc_info)
        elif record.exc_text:
            text += " | " + record.exc_text
        if record.stack_info:
            text += " | " + record.stack_info
        record.msg = one_line(self._redactor.text(text))
        record.args = ()
        record.exc_info = record.exc_text = record.stack_info = None
        return True


def quiet_libraries(level: int = logging.WARNING) -> None:
    """Cap the loggers of the network libraries: at INFO and DEBUG they print URLs and headers."""
    for name in ("httpx", "httpcore", "websockets", "websockets.client"):
        logging.getLogger(name).setLevel(level)
