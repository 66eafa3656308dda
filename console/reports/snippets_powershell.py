"""Snippets for Windows PowerShell 5.1 and PowerShell 7."""

from __future__ import annotations

import re

from console.reports.snippets_parts import RESEND_S, Coding, Hole, Script, Step, Text, join

_SINGLE = re.compile("(['\u2018\u2019\u201a\u201b])")  # PowerShell takes typographic quotation marks for plain ones
# headers that the commands take as parameters of their own, and refuse in a table in version 5.1
_OWN = {"content-type": "ContentType", "user-agent": "UserAgent"}


def ps_quote(text: str) -> str:
    """A text as a PowerShell string in which nothing has a meaning: ``$``, backticks and line ends stay letters."""
    return "'" + _SINGLE.sub(r"\1\1", text) + "'"


def powershell(script: Script) -> str:
    """The commands. PowerShell 5.1 needs TLS 1.2 to be named."""
    lines = [f"# {comment}" for comment in script.comments]
    if script.variables:
        lines.append(f"# needs in the environment: {', '.join(script.variables)}")
    lines.append("$ErrorActionPreference = 'Stop'")
    if script.is_tls:
        lines.append(
            "[Net.ServicePointManager]::SecurityProtocol = "
            "[Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12"
        )
    if script.pin:
        lines += _pin(script)
    elif script.ca_file:
        lines += [
            "# PowerShell trusts what Windows trusts and takes no CA file: import it once for this user",
            f"# Import-Certificate -FilePath {ps_quote(_one_line(script.ca_file))} "
            "-CertStoreLocation Cert:\\CurrentUser\\Root",
        ]
    for step in script.steps:
        lines += _request(step)
    return "\n".join(lines) + "\n"


def _pin(script: Script) -> list[str]:
    """The certificate is compared before anything is sent; Windows must trust it as well."""
    host = ps_quote(script.host)
    return [
        "# trusted is this one certificate, by its SHA-256. PowerShell cannot pin: it is compared here, and Windows",
        "# must trust it too (Import-Certificate -FilePath FILE -CertStoreLocation Cert:\\CurrentUser\\Root)",
        f"$tcp = New-Object Net.Sockets.TcpClient({host}, {script.port})",
        "$tls = New-Object Net.Security.SslStream($tcp.GetStream(), $false, "
        "[Net.Security.RemoteCertificateValidationCallback]{ $true })",
        f"$tls.AuthenticateAsClient({host}, $null, [Security.Authentication.SslProtocols]::Tls12, $false)",
        "$sha = [Security.Cryptography.SHA256]::Create()",
        "$found = [BitConverter]::ToString($sha.ComputeHash($tls.RemoteCertificate.GetRawCertData())).Replace('-', '')",
        "$tls.Dispose(); $tcp.Dispose()",
        f"$expected = {ps_quote(script.pin)}",
        "if ($found.ToLower() -ne $expected) { throw 'The certificate has changed: nothing was sent.' }",
    ]


def _request(step: Step) -> list[str]:
    lines = [f"# {step.note}"] if step.note else []
    lines.append("$headers = @{")
    for name, value in step.headers:
        if name.lower() not in _OWN:
            lines.append(f"    {ps_quote(name)} = {_expression(value)}")
    if step.basic:
        pair = f"({ps_quote(step.basic[0] + ':')} + ${{env:{step.basic[1]}}})"
        coded = f"[Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes({pair}))"
        lines.append(f"    'Authorization' = 'Basic ' + {coded}")
    lines.append("}")
    words = [f"-Method {step.method}", f"-Uri {_argument(step.url)}", "-Headers $headers"]
    for name, value in step.headers:
        if option := _OWN.get(name.lower()):
            words.append(f"-{option} {_argument(value)}")
    if any(step.body):
        # as bytes: version 5.1 would send text as Latin-1
        words.append(f"-Body ([Text.Encoding]::UTF8.GetBytes({_expression(step.body)}))")
    return [*lines, *_call(step, words)]


def _call(step: Step, words: list[str]) -> list[str]:
    request = " `\n    ".join(words)
    if step.pointer:
        keys = "".join(f".{ps_quote(key)}" for key in step.pointer)
        return [f"$token = (Invoke-RestMethod {request}){keys}"]
    if step.link:
        keys = "".join(f".{ps_quote(key)}" for key in step.link)
        return [
            f"$link = ([string](Invoke-RestMethod {request}){keys}).Replace(' ', '%20')",
            "if ($link -notmatch '^/[^/?][^?]*$') { throw 'The answer names no file of this server.' }",
        ]
    if step.resend:
        save = f" `\n    -PassThru -OutFile {ps_quote(step.file)}" if step.file else ""
        return [
            f"while ($true) {{  # status {step.resend}: still being prepared, the same is sent again",
            f"$reply = Invoke-WebRequest -UseBasicParsing {request}{save}",
            f"if ($reply.StatusCode -ne {step.resend}) {{ break }}",
            f"Start-Sleep -Seconds {RESEND_S}",
            "}",
            *([] if step.file else ["$reply.Content"]),
        ]
    if step.file:
        return [f"Invoke-WebRequest -UseBasicParsing {request} `\n    -OutFile {ps_quote(step.file)}"]
    return [f"(Invoke-WebRequest -UseBasicParsing {request}).Content"]


def _argument(text: Text) -> str:
    expression = _expression(text)
    return f"({expression})" if any(isinstance(piece, Hole) for piece in text) else expression


def _expression(text: Text) -> str:
    return join(text, ps_quote, _hole, " + ")


def _hole(hole: Hole) -> str:
    if hole.is_link:
        return "$link"
    value = "$token" if hole.is_token else f"${{env:{hole.variable}}}"
    if hole.coding is Coding.URL:
        return f"[Uri]::EscapeDataString({value})"
    if hole.coding is Coding.JSON:
        return f"((ConvertTo-Json -InputObject ([string]{value}) -Compress) -replace '^\"|\"$')"
    return value


def _one_line(text: str) -> str:
    return " ".join(text.splitlines())
