"""Certificates for the fault server: from an own authority, self-signed, expired, for another name."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Served:
    """A server context and the fingerprint of its certificate."""

    context: ssl.SSLContext
    sha256: str


def from_authority(ca: trustme.CA, *names: str, expired: bool = False) -> ssl.SSLContext:
    """A server context whose certificate the authority signed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    past = datetime.now(UTC) - timedelta(days=2)
    cert = ca.issue_cert(*(names or ("127.0.0.1", "localhost")), **({"not_after": past} if expired else {}))
    cert.configure_cert(context)
    return context


def self_signed(folder: Path, name: str = "pbx.local", *, days: int = 30, common_name: str = "") -> Served:
    """A server context with a certificate of its own; with negative `days` it has expired."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name or name)])
    start = datetime.now(UTC) - timedelta(days=60)
    cert = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(datetime.now(UTC) + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{cert.serial_number}.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + cert.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return Served(context, cert.fingerprint(hashes.SHA256()).hex())
