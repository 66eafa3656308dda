"""Trust: the system's store, a CA file, or one pinned certificate. There is no way to ignore errors."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import ssl
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from console.domain.errors import ConsoleError, TlsError, UserError
from console.domain.messages import Message, message
from console.domain.profile import Profile
from console.net.address import Address
from console.net.dial import open_tls
from console.net.limits import LIMITS, Limits

# where distributions keep their authorities: Debian, Fedora old and new, SUSE, Alpine and Arch
_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/cert.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)
_HAS_STORE = sys.platform in ("win32", "darwin")  # a store that only the system's own functions can ask
_HASHED_NAME = re.compile(r"[0-9a-fA-F]{8}\.[0-9]")
_NO_CHECK_TIME = 0x200000  # OpenSSL's X509_V_FLAG_NO_CHECK_TIME; the ssl module has no name for it


@dataclass(frozen=True, slots=True)
class LeafInfo:
    """A server's certificate as the profile editor shows it before anybody trusts it.

    Attributes:
        sha256: 64 lower-case hex digits of the whole certificate.
        names: DNS names and IP addresses it is made for.
        subject: distinguished name, for certificates without names.
        issuer: distinguished name of who signed it.
    """

    sha256: str
    names: tuple[str, ...]
    subject: str
    issuer: str
    not_before: datetime
    not_after: datetime


class Trust:
    """The TLS context of one profile, made once and used by all its connections."""

    def __init__(
        self, profile: Profile, address: Address, *, proxy: str | None = None, limits: Limits = LIMITS
    ) -> None:
        self._pin = normal_pin(profile.pin)
        self._ca_file = profile.ca_file
        self._address = address
        self._proxy = proxy
        self._limits = limits
        self._context: ssl.SSLContext | None = None
        self.notes: Sequence[Message] = ()

    async def context(self) -> ssl.SSLContext:
        """The context to connect with.

        With a pin, the server's certificate is looked at once over a connection that sends nothing; from then on
        the context trusts that one certificate alone, so that any other ends the handshake.

        Raises:
            TlsError: ``tls.pin``: the server shows another certificate than the pinned one.
            UserError: the CA file cannot be read.
            OSError: the server cannot be reached.
        """
        if self._context is None:
            if self._pin:
                self._context = await self._pinned()
            else:
                make = partial(ca_file_context, self._ca_file) if self._ca_file else system_context
                self._context = await asyncio.to_thread(make)  # reads 140 authorities, or a file on a sleeping disk
        return self._context

    async def explain(self, failure: ConsoleError) -> ConsoleError:
        """A failure of the handshake, with what can be said about the server's certificate.

        Behind a pin every refused certificate is a changed one; otherwise its issuer is named in the detail.
        """
        if not isinstance(failure, TlsError) or failure.message.code in ("tls.pin", "tls.old"):
            return failure
        try:
            der = await self._leaf()
        except (OSError, TimeoutError, ssl.SSLError, EOFError, asyncio.IncompleteReadError):
            return failure
        if self._pin:
            actual = hashlib.sha256(der).hexdigest()
            if actual == self._pin:
                return failure
            return self._changed(actual, failure.exchange_id)
        issuer = (await asyncio.to_thread(describe, der)).issuer
        if issuer and "issuer: " not in failure.detail:
            failure.detail = f"{failure.detail}; issuer: {issuer}".removeprefix("; ")[:500]
        return failure

    async def _pinned(self) -> ssl.SSLContext:
        der = await self._leaf()
        actual = hashlib.sha256(der).hexdigest()
        if actual != self._pin:
            raise self._changed(actual)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.check_hostname = False  # the certificate itself is the identity, whatever name it bears
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT  # home-made certificates rarely follow every rule
        context.load_verify_locations(cadata=der)
        info = await asyncio.to_thread(describe, der)  # the first call loads a large library
        at = datetime.now(UTC)
        if not info.not_before <= at <= info.not_after:
            # the fingerprint still proves who it is; a wrong clock or an old certificate is worth a note, not a stop
            context.verify_flags |= ssl.VerifyFlags(_NO_CHECK_TIME)
            start, end = (f"{moment:%Y-%m-%d}" for moment in (info.not_before, info.not_after))
            self.notes = (message("tls.pin_expired", host=self._address.shown, start=start, end=end),)
        return context

    async def _leaf(self) -> bytes:
        async with asyncio.timeout(self._limits.poll.connect_s):
            return await fetch_leaf(self._address.host, self._address.port, self._proxy)

    def _changed(self, actual: str, exchange_id: str = "") -> TlsError:
        return TlsError(
            message("tls.pin", host=self._address.shown, expected=self._pin, actual=actual), exchange_id=exchange_id
        )


def normal_pin(pin: str) -> str:
    """A fingerprint as 64 lower-case hex digits; colons and spaces, as other programs print them, are left out.

    Raises:
        UserError: it is no SHA-256.
    """
    text = pin.replace(":", "").replace(" ", "").strip().lower()
    if text and (len(text) != 64 or set(text) - set("0123456789abcdef")):
        raise UserError(message("profile.pin"))
    return text


def system_context() -> ssl.SSLContext:
    """Trusts what the operating system trusts, company authorities included; reads files, so not for the loop."""
    if not _HAS_STORE:
        return _openssl_context()
    import truststore

    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _openssl_context() -> ssl.SSLContext:
    """The authorities of a system whose trust store is files, read once.

    truststore reads them anew before every handshake, on the loop's thread: 50 to 90 ms each time.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    usual = ssl.get_default_verify_paths()
    if usual.cafile or (usual.capath and any(map(_HASHED_NAME.fullmatch, os.listdir(usual.capath)))):
        context.set_default_verify_paths()
    else:  # a Python built elsewhere looks in the wrong place
        for path in filter(os.path.isfile, _BUNDLES):
            context.load_verify_locations(cafile=path)
            break
    return context


def ca_file_context(path: str) -> ssl.SSLContext:
    """Trusts the authorities in a PEM file and no others; reads it, so not for the loop.

    Raises:
        UserError: the file cannot be read as PEM certificates.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        if not os.path.isfile(path):  # a pipe would never end
            raise ValueError
        context.load_verify_locations(cafile=path)
    except (OSError, ValueError) as exc:
        raise UserError(message("tls.ca_file", path=path)) from exc
    return context


async def fetch_leaf(host: str, port: int, proxy: str | None = None) -> bytes:
    """The certificate a server shows, in DER; nothing but the handshake is sent.

    Raises:
        OSError: no connection; `ssl.SSLError` when it speaks no TLS.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    # the point is to look at a certificate that nobody trusts yet; this connection carries no data
    context.verify_mode = ssl.CERT_NONE
    _, writer = await open_tls(host, port, context, proxy)
    try:
        shown = writer.get_extra_info("ssl_object")
        der: bytes | None = shown.getpeercert(binary_form=True)
        if not der:
            raise ssl.SSLError("the server shows no certificate")
        return der
    finally:
        writer.transport.abort()


async def fetch_fingerprint(host: str, port: int, *, proxy: str | None = None, limits: Limits = LIMITS) -> LeafInfo:
    """What the profile editor shows so that a person can compare and decide. Sends no request.

    Raises:
        ConsoleError: no connection, no TLS, or no answer in time.
    """
    from console.net.redact import Redactor
    from console.net.translate import Where, cause_of, translate

    try:
        async with asyncio.timeout(limits.poll.connect_s):
            der = await fetch_leaf(host, port, proxy)
    except (OSError, TimeoutError, ssl.SSLError, EOFError, asyncio.IncompleteReadError) as exc:
        address = Address("https", host, port)
        where = Where(address, Redactor(), connect_s=limits.poll.connect_s, total_s=limits.poll.connect_s)
        raise translate(exc, where) from cause_of(exc)
    return await asyncio.to_thread(describe, der)


def describe(der: bytes) -> LeafInfo:
    """What a certificate says about itself; unreadable parts stay empty."""
    from cryptography import x509

    sha256 = hashlib.sha256(der).hexdigest()
    try:
        cert = x509.load_der_x509_certificate(der)
    except ValueError:
        return LeafInfo(sha256, (), "", "", datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
    names: tuple[str, ...] = ()
    try:
        listed = cert.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names = (
            *listed.get_values_for_type(x509.DNSName),
            *(str(item) for item in listed.get_values_for_type(x509.IPAddress)),
        )
    except (x509.ExtensionNotFound, ValueError):
        pass
    return LeafInfo(
        sha256=sha256,
        names=names,
        subject=_name(cert, "subject"),
        issuer=_name(cert, "issuer"),
        not_before=cert.not_valid_before_utc,
        not_after=cert.not_valid_after_utc,
    )


def _name(cert: object, which: str) -> str:
    """A distinguished name as RFC 4514 text; some home-made certificates hold names that cannot be parsed."""
    try:
        return str(getattr(cert, which).rfc4514_string())[:300]
    except ValueError:
        return ""
