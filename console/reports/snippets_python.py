"""Snippets for Python with httpx."""

from __future__ import annotations

from console.reports.snippets_parts import RESEND_S, Coding, Hole, Script, Step, Text, join

_CLIENT = "httpx.Client(timeout=httpx.Timeout(10, read=900){verify})"


def python(script: Script) -> str:
    """A script that prints answers and saves files."""
    codings = {piece.coding for step in script.steps for piece in (*step.url, *step.body) if isinstance(piece, Hole)}
    imports = _imports(script, codings)
    lines = [f"# {comment}" for comment in script.comments]
    if script.variables:
        lines.append(f"# needs in the environment: {', '.join(script.variables)}")
    lines += [*imports, "", "import httpx", ""]
    if Coding.JSON in codings:
        lines += ["", "def in_json(value):", "    return json.dumps(value, ensure_ascii=False)[1:-1]", ""]
    if Coding.URL in codings:
        lines += ["", "def in_url(value):", '    return quote(value, safe="")', ""]
    if script.pin:
        lines += _pin(script)
    if len(lines) and lines[-1] == "" and (codings - {Coding.RAW} or script.pin):
        lines.append("")
    verify = ""
    if script.pin:
        verify = ", verify=trusted()"
    elif script.ca_file:
        verify = f", verify=ssl.create_default_context(cafile={script.ca_file!r})"
    elif script.is_tls:
        verify = ", verify=ssl.create_default_context()"
    lines.append(f"with {_CLIENT.format(verify=verify)} as client:")
    for step in script.steps:
        lines += [f"    {line}" for line in _request(step)]
    return "\n".join(lines) + "\n"


def _imports(script: Script, codings: set[Coding]) -> list[str]:
    needed = []
    if script.pin:
        needed.append("import hashlib")
    if Coding.JSON in codings:
        needed.append("import json")
    if script.variables:
        needed.append("import os")
    if script.is_tls:
        needed.append("import ssl")
    if any(step.resend for step in script.steps):
        needed.append("import time")
    if Coding.URL in codings:
        needed.append("from urllib.parse import quote")
    return needed


def _pin(script: Script) -> list[str]:
    return [
        "",
        "def trusted():",
        '    """Trust this one certificate, whatever name it bears."""',
        f"    pem = ssl.get_server_certificate(({script.host!r}, {script.port}), timeout=10)",
        "    found = hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()",
        f"    if found != {script.pin!r}:",
        '        raise SystemExit("The certificate has changed: nothing was sent.")',
        "    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)",
        "    context.check_hostname = False",
        "    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN",
        "    context.verify_flags &= ~ssl.VERIFY_X509_STRICT",
        "    context.load_verify_locations(cadata=pem)",
        "    return context",
        "",
    ]


def _request(step: Step) -> list[str]:
    lines = [f"# {step.note}"] if step.note else []
    lines += _again(step) if step.resend else _send(step)
    lines.append("reply.raise_for_status()")
    if step.pointer:
        keys = "".join(f"[{key!r}]" for key in step.pointer)
        lines.append(f"token = reply.json(){keys}")
    elif step.link:
        keys = "".join(f"[{key!r}]" for key in step.link[:-1])
        lines += [
            f"link = str(reply.json(){keys}.get({step.link[-1]!r}, '')).replace(' ', '%20')",
            "if not link.startswith('/') or link.startswith('//') or '?' in link:  # only a path of this server",
            "    raise SystemExit('no file: ' + reply.text)",
        ]
    elif step.file:
        lines += [f"with open({step.file!r}, 'wb') as file:", "    file.write(reply.content)"]
    else:
        lines.append("print(reply.text)")
    return lines


def _again(step: Step) -> list[str]:
    """A loop that ends when the answer is there."""
    return [
        f"while True:  # status {step.resend}: still being prepared, the same is sent again",
        *(f"    {line}" for line in _send(step)),
        f"    if reply.status_code != {step.resend}:",
        "        break",
        f"    time.sleep({RESEND_S})",
    ]


def _send(step: Step) -> list[str]:
    lines = [
        "reply = client.request(",
        f"    {step.method!r},",
        f"    {_expression(step.url)},",
        "    headers={",
    ]
    lines += [f"        {name!r}: {_header(value)}," for name, value in step.headers]
    lines.append("    },")
    if any(step.body):
        lines.append(f"    content={_bytes(step.body)},")
    if step.basic:
        lines.append(f"    auth=({step.basic[0]!r}, os.environ[{step.basic[1]!r}]),")
    return [*lines, ")"]


def _bytes(text: Text) -> str:
    expression = _expression(text)
    return f"({expression}).encode()" if any(isinstance(piece, Hole) for piece in text) else f"{expression}.encode()"


def _header(value: Text) -> str:
    """A header; letters beyond ASCII go out as UTF-8, as the console sends them."""
    is_ascii = all(isinstance(piece, str) and piece.isascii() for piece in value)
    return _expression(value) if is_ascii else _bytes(value)


def _expression(text: Text) -> str:
    return join(text, repr, _hole, " + ")


def _hole(hole: Hole) -> str:
    if hole.is_link:
        return "link"
    value = "token" if hole.is_token else f"os.environ[{hole.variable!r}]"
    if hole.coding is Coding.URL:
        return f"in_url({value})"
    return f"in_json({value})" if hole.coding is Coding.JSON else value
