"""Snippets for curl in a POSIX shell.

The token of a sign-in is taken out of the answer with sed, which stands beside curl on every such system (Git for
Windows included), while python3 and jq often do not. A token written with JSON escapes, which sed does not undo, is
refused aloud instead of being sent wrong.
"""

from __future__ import annotations

import re

from console.reports.snippets_parts import RESEND_S, Coding, Hole, Script, Step, Text, join

_JSON_HELPER = """# a value as it must stand inside a JSON string
in_json() { printf '%s' "$1" | sed 's/[\\\\"]/\\\\&/g'; }"""
# byte by byte, so that it needs no other program than od and tr
_URL_HELPER = """# a value as it must stand in a query
in_url() { printf '%s' "$1" | od -An -v -tx1 | tr -d ' \\n' | sed 's/../%&/g'; }"""


def sh_quote(text: str) -> str:
    """A text as one word of a POSIX shell; line ends, ``$``, backticks and ``!`` keep their meaning as letters."""
    return text if re.fullmatch(r"[A-Za-z0-9_@%+=:,./-]+", text) else "'" + text.replace("'", "'\\''") + "'"


def curl(script: Script) -> str:
    """The commands; several of them stand in a subshell, so that a failure ends them and not the terminal."""
    lines = [f"# {comment}" for comment in script.comments]
    if script.variables:
        lines.append(f"# needs in the environment: {', '.join(script.variables)}")
    commands: list[str] = []
    if any(_codings(step, Coding.JSON) for step in script.steps):
        commands.append(_JSON_HELPER)
    if any(_codings(step, Coding.URL) for step in script.steps):
        commands.append(_URL_HELPER)
    if script.pin:
        commands.append(_pin(script))
    commands += [_command(step, script) for step in script.steps]
    if len(commands) == 1:
        return "\n".join([*lines, *commands]) + "\n"
    return "\n".join([*lines, "(", "set -eu", *commands, ")"]) + "\n"


def _command(step: Step, script: Script) -> str:
    words = ["curl --silent --show-error"]
    file = step.file or ("report.json" if step.resend else "")
    if not step.pointer:  # an error page is no report; of a sign-in the answer says what is wrong
        words[0] += " --fail"
    if step.method != ("POST" if _sends(step) else "GET"):
        words.append(f"--request {sh_quote(step.method)}")
    if script.pin:
        words.append('--insecure --pinnedpubkey "$pin"')
    elif script.ca_file:
        words.append(f"--cacert {sh_quote(_as_path(script.ca_file))}")
    if step.basic:
        words.append(f'--user {sh_quote(step.basic[0] + ":")}"${{{step.basic[1]}:?}}"')
    for name, value in step.headers:
        # curl leaves a header without value away unless it ends in a semicolon
        words.append("--header " + (_words((f"{name}: ", *value)) if any(value) else sh_quote(f"{name};")))
    if _sends(step):
        if not step.content_type:
            words.append("--header Content-Type:")  # the console sends none either
        words.append(f"--data-raw {_words(step.body)}")
    if file:
        words.append(f"--output {sh_quote(file)}")
    if step.resend:
        words.append("--write-out '%{http_code}'")
    url = _words(step.url)
    if re.search(r"/\.\.?(/|$|\?)", url.strip("'\"")):
        words.append("--path-as-is")
    if "[" in url:
        words.append("--globoff")
    command = " \\\n  ".join([*words, url])
    note = f"# {step.note}\n" if step.note else ""
    if step.resend:
        command = _again(step, command) + ("" if step.file else f" && cat {file}")
    if step.link:
        return note + _link(step, command)
    return note + (_token(step, command) if step.pointer else command)


def _again(step: Step, command: str) -> str:
    """A loop that ends when the answer is there."""
    return (
        f"# status {step.resend}: still being prepared, the same is sent again\n"
        f'while status=$({command}) && [ "$status" = {step.resend} ]; do sleep {RESEND_S}; done\n'
        '[ "$status" = 200 ] || { echo "no report: status $status" >&2; false; }'
    )


def _taken(key: str) -> str:
    """A text out of the JSON in $answer."""
    key = re.sub(r"[][\\.*^$/&]", lambda match: "\\" + match[0], key)
    pattern = sh_quote(rf's/.*"{key}"[[:space:]]*:[[:space:]]*"\([^"]*\)".*/\1/p')
    return f"printf '%s\\n' \"$answer\" | sed -n {pattern} | head -n 1"


def _link(step: Step, command: str) -> str:
    """Only a path of this server is taken; PHP and others write a slash in JSON with a backslash before it."""
    return (
        f"answer=$({command})\n"
        f"link=$({_taken(step.link[-1])} | sed 's/\\\\\\//\\//g; s/ /%20/g')\n"
        "case $link in //*|*\\?*|*\\\\*) link= ;; /*) ;; *) link= ;; esac\n"
        '[ -n "$link" ] || { printf \'no file: %s\\n\' "$answer" >&2; exit 1; }'
    )


def _token(step: Step, command: str) -> str:
    return (
        f"answer=$({command})\n"
        f"token=$({_taken(step.pointer[-1])})\n"
        '[ -n "$token" ] || { printf \'no token: %s\\n\' "$answer" >&2; exit 1; }\n'
        "case $token in *\\\\*) echo 'The token is written with escapes that sed cannot undo.' >&2; exit 1;; esac"
    )


def _pin(script: Script) -> str:
    """curl can pin a key, not a certificate: so the certificate is fetched and compared, then its key is pinned."""
    server = sh_quote(f"{_bracketed(script.host)}:{script.port}")
    return "\n".join(
        [
            "# trusted is this one certificate, by its SHA-256; --insecure leaves only the pinned key to decide",
            f"certificate=$(openssl s_client -connect {server} -servername {sh_quote(script.host)} "
            "</dev/null 2>/dev/null | openssl x509)",
            "found=$(printf '%s\\n' \"$certificate\" | openssl x509 -noout -fingerprint -sha256 "
            "| sed 's/.*=//; s/://g' | tr A-F a-f)",
            f'[ "$found" = {sh_quote(script.pin)} ] || '
            "{ echo 'The certificate has changed: nothing was sent.' >&2; exit 1; }",
            'pin="sha256//$(printf \'%s\\n\' "$certificate" | openssl x509 -noout -pubkey '
            '| openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | openssl base64 -A)"',
        ]
    )


def _words(text: Text) -> str:
    """A text as one shell word: literals in single quotes, secrets in double ones."""
    return join(text, sh_quote, _hole, "")


def _hole(hole: Hole) -> str:
    if hole.is_link:
        return '"$link"'
    value = "$token" if hole.is_token else f"${{{hole.variable}:?}}"  # unset or empty: says so and sends nothing
    match hole.coding:
        case Coding.URL:
            return f'"$(in_url "{value}")"'
        case Coding.JSON:
            return f'"$(in_json "{value}")"'
        case _:
            return f'"{value}"'


def _codings(step: Step, coding: Coding) -> bool:
    pieces = (*step.url, *step.body)
    return any(isinstance(piece, Hole) and piece.coding is coding for piece in pieces)


def _sends(step: Step) -> bool:
    """Whether there is a body; a POST has one even if it is empty, so that its length is told."""
    return any(step.body) or step.method == "POST"


def _as_path(path: str) -> str:
    """A path that cannot be taken for an option."""
    return f"./{path}" if path.startswith("-") else path


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
