"""A throwaway certificate authority for ``--tls``: made at start, gone at exit."""

from __future__ import annotations

import hashlib
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Certificate:
    """The server's context, the SHA-256 of its leaf (hex) and the file of the authority that signed it."""

    context: ssl.SSLContext
    pin: str
    ca_file: Path


@contextmanager
def throwaway_certificate() -> Iterator[Certificate]:
    """Make an authority and a leaf for this computer; the file is removed when the block ends."""
    import trustme  # only a demo with TLS needs it

    authority = trustme.CA(organization_name="Demo call centre", organization_unit_name="throwaway")
    leaf = authority.issue_cert("127.0.0.1", "localhost")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    leaf.configure_cert(context)
    der = ssl.PEM_cert_to_DER_cert(leaf.cert_chain_pems[0].bytes().decode())
    with tempfile.TemporaryDirectory(prefix="demo-call-centre-") as folder:
        ca_file = Path(folder) / "ca.pem"
        authority.cert_pem.write_to_path(str(ca_file))
        yield Certificate(context, hashlib.sha256(der).hexdigest(), ca_file)
