"""Secrets that tests use, and every spelling in which one could leak."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

# what the scripted servers of the tests are signed in to with; long enough to occur nowhere by chance
REGISTERED = (
    "Canary/9f+key==",
    "a+b/c4nary&key==",
    "canary-client/secret+4711==",
    "p:a%s wörd/+=&c4nary",
    "canary-key-0001",
    "canary-access-0000",
    "canary-refresh-",
)


def spellings(secret: str) -> set[str]:
    """A secret as it stands in text, in addresses, in JSON and in base64, wherever in a longer text that begins."""
    data = secret.encode()
    found = {
        secret,
        quote(secret, safe=""),
        quote(secret),
        quote_plus(secret),
        json.dumps(secret)[1:-1],
        repr(secret)[1:-1],
    }
    found.add(json.dumps(secret, ensure_ascii=False)[1:-1])
    for lead in range(3):  # base64 of "user:secret" looks different for each length of what stands before it
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            coded = encode(bytes(lead) + data).decode().rstrip("=")
            found.add(coded[(0, 2, 3)[lead] : len(coded) - 1])
    return {each for each in found if len(each) >= 6}


def leaks(text: str, secrets: Iterable[str] = REGISTERED) -> list[str]:
    """Which secrets a text gives away, by their first characters."""
    return [secret[:4] + "…" for secret in secrets if any(each in text for each in spellings(secret))]
