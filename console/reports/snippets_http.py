"""The request as a file for VS Code's REST Client (``.http``), and as JSON for programs."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from console.reports.snippets_parts import Hole, Script, Step, Text, join

NAMES_FILE = "names_file"  # what a request whose answer names a file is called there
SIGN_IN = "signin"  # what the sign-in is called in an .http file


def http(script: Script) -> str:
    """Requests as they go over the wire; ``{{$processEnv NAME}}`` stands for an environment variable."""
    lines = [f"# {comment}" for comment in script.comments]
    if script.variables:
        lines.append(f"# needs in the environment: {', '.join(script.variables)} (percent-encoded where in an address)")
    if script.pin:
        lines.append(f"# trusted is this one certificate: SHA-256 {script.pin}")
    if script.ca_file:
        lines.append(f"# trusted is the CA file {' '.join(script.ca_file.splitlines())}")
    if lines:
        lines += ["", ""]
    pointer = next((step.pointer for step in script.steps if step.pointer), ())
    token = f"{{{{{SIGN_IN}.response.body.$.{'.'.join(pointer)}}}}}"
    link = next((step.link for step in script.steps if step.link), ())
    path = f"{{{{{NAMES_FILE}.response.body.$.{'.'.join(link)}}}}}"
    return "\n".join(lines) + "\n".join(_request(step, token, path) for step in script.steps)


def _request(step: Step, token: str, link: str) -> str:
    lines = [f"### {step.note}".rstrip()]
    if step.resend:
        lines.append(f"# status {step.resend}: still being prepared, send the same again")
    if step.pointer:
        lines.append(f"# @name {SIGN_IN}")
    if step.link:
        lines.append(f"# @name {NAMES_FILE}")
    lines.append(f"{step.method} {_text(step.url, token, link)}")
    lines += [f"{name}: {_text(value, token)}" for name, value in step.headers]
    if step.basic:
        lines.append(f"Authorization: Basic {step.basic[0]}:{{{{$processEnv {step.basic[1]}}}}}")
    body = _text(step.body, token)
    return "\n".join(lines) + "\n" + (f"\n{body}\n" if body else "")


def _text(text: Text, token: str, link: str = "") -> str:
    def hole(piece: Hole) -> str:
        if piece.is_link:
            return link
        return token if piece.is_token else f"{{{{$processEnv {piece.variable}}}}}"

    return join(text, str, hole, "")


def as_json(script: Script) -> str:
    """Everything as data: ``${NAME}`` stands for an environment variable, ``${token}`` for the sign-in's token."""
    data: dict[str, Any] = {"notes": list(script.comments), "environment": list(script.variables)}
    if script.ca_file:
        data["ca_file"] = script.ca_file
    if script.pin:
        data["certificate_sha256"] = script.pin
    data["requests"] = [_entry(step) for step in script.steps]
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _entry(step: Step) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "note": step.note,
        "method": step.method,
        "url": _plain(step.url),
        "host": urlsplit(_plain(step.url)).netloc,
        "headers": [[name, _plain(value)] for name, value in step.headers],
        "body": _plain(step.body),
    }
    if step.basic:
        entry["basic"] = {"user": step.basic[0], "password": f"${{{step.basic[1]}}}"}
    if step.pointer:
        entry["token_at"] = "/" + "/".join(step.pointer)
    if step.link:
        entry["link_at"] = "/" + "/".join(step.link)
    if step.resend:
        entry["send_again_on_status"] = step.resend
    if step.file:
        entry["file"] = step.file
    return entry


def _plain(text: Text) -> str:
    def hole(piece: Hole) -> str:
        return "${link}" if piece.is_link else "${token}" if piece.is_token else f"${{{piece.variable}}}"

    return join(text, str, hole, "")
