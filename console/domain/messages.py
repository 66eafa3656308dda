"""Every sentence below the window: a code with arguments, and its English text.

The command line prints `english(message)`; the window translates by code. A template uses `str.format`
names only. Messages never carry a secret or a server's own text (that is a `detail`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from console.domain.sentences.alerts import ALERTS
from console.domain.sentences.history import HISTORY
from console.domain.sentences.limits import LIMITS
from console.domain.sentences.reconcile import RECONCILE
from console.domain.sentences.report_files import FILES
from console.domain.sentences.report_forms import FORMS
from console.domain.sentences.report_jobs import JOBS
from console.domain.sentences.report_once import ONCE
from console.domain.sentences.report_runs import RUNS
from console.domain.sentences.report_schedules import SCHEDULES
from console.domain.sentences.report_tables import TABLES
from console.domain.sentences.wallboards import WALLBOARDS
from console.domain.sentences.what_if import WHAT_IF


@dataclass(frozen=True, slots=True)
class Message:
    """One sentence: a code of `ENGLISH` and the arguments of its template."""

    code: str
    args: Mapping[str, object] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash((self.code, tuple(sorted((key, str(value)) for key, value in self.args.items()))))


def message(code: str, **args: object) -> Message:
    """Shorthand for `Message(code, args)`; raises KeyError for a code without text."""
    if code not in ENGLISH:
        raise KeyError(code)
    return Message(code, args)


def english(msg: Message) -> str:
    """The English sentence of a message."""
    return ENGLISH[msg.code].format(**msg.args)


def once(msg: Message) -> Message:
    """The message for something that was asked once, where it would promise that the console goes on trying."""
    code = f"once.{msg.code}"
    return Message(code, msg.args) if code in ENGLISH else msg


CONNECTION: dict[str, str] = {
    "connect.refused": "{host} does not accept connections on port {port}. Check that the server runs and that address and port are right.",
    "connect.dns": "The name {host} cannot be found. Check the spelling of the address and this computer's network.",
    "connect.timeout": "{host} does not answer within {seconds} s. Check the address, the network and the firewall.",
    "connect.reset": "{host} broke the connection before it had answered. The console tries again by itself.",
    "connect.failed": "No connection to {host}. Check the address and the network.",
    "connect.slow": "{host} answers too slowly: {what} was given up after {seconds} s. The console tries again by itself.",
    "connect.proxy": "The proxy {host} refuses the connection. Check the proxy in the profile.",
    "connect.proxy_kind": "The console cannot use the proxy of this profile ({what}). Give an address like http://proxy.example.com:3128, or the word none.",
    "connect.closed": "The connection to {host} was closed by the console.",
    "tls.untrusted": "The certificate of {host} is not trusted by this computer. If the server has its own certificate, "
    "open the profile and trust its fingerprint, or name the CA file.",
    "tls.name": "The certificate of {host} is made for another name. Use the name in the certificate, or trust its fingerprint in the profile.",
    "tls.expired": "The certificate of {host} is not valid at this time (this computer's clock says {now}). Check the clock, or renew the certificate.",
    "tls.pin": "The certificate of {host} has changed: expected {expected}, got {actual}. Nothing was sent. "
    "Ask the server's administrator, then trust the new fingerprint in the profile.",
    "tls.failed": "No secure connection to {host}. Check that the address should begin with https and that the port is right.",
    "tls.old": "{host} offers only outdated encryption. The console needs TLS 1.2 or newer: ask the server's administrator to switch it on.",
    "tls.weak": "The certificate of {host} uses a key that is too weak. Ask the server's administrator to renew it.",
    "tls.pin_expired": "The trusted certificate of {host} is not valid at this time ({start} to {end}). It is still the one that was trusted; ask the server's administrator to renew it.",
    "tls.ca_file": "The CA file {path} cannot be read as PEM certificates. Choose another file in the profile.",
    "tls.plain_http": "The address of {profile} begins with http: the secret would travel unprotected. Use https, or allow plain http in the profile.",
    "http.unauthorized": "{host} does not accept the {secret}. Enter the current one in the profile.",
    "http.revoked": "{host} no longer accepts the {secret} that worked before. It was probably replaced: enter the current one in the profile.",
    "http.forbidden": "{host} does not permit this. Ask the administrator to give the account the right to {what}.",
    "http.not_found": "{host} knows no such address ({path}). Check the address and the base path of the profile.",
    "http.too_old": "{host} has no realtime interface at {path}. {product} offers it from version {version} on: check the address, or ask for an update.",
    "http.busy": "{host} asks to wait {seconds} s before the next request. The console waits.",
    "http.throttled": "{host} gets too many requests (HTTP 429). The console slows down by itself.",
    "http.preparing": "{host} is still preparing the answer. The console asks again by itself.",
    "http.server_error": "{host} has a fault of its own (HTTP {status}). The console tries again by itself.",
    "http.unavailable": "{host} is starting or in maintenance (HTTP {status}). The console tries again by itself.",
    "http.unexpected": "{host} answers with HTTP {status}, which the console does not expect here. Check the address of "
    "the profile and what was asked for; if both are right, tell the administrator of the system.",
    "http.redirect": "{host} points to another address ({target}). The console does not follow it with your secret: enter the right address in the profile.",
    "http.foreign_link": "{host} gives a link to {target}, which is not its own. The console does not follow it with your secret.",
    "http.too_large": "The answer of {host} is larger than {limit}. It was refused as a whole.",
    "http.encoding": "The answer of {host} is packed in a way that the console refuses ({coding}).",
    "http.malformed": "{host} answers with something that is not HTTP. Check the port, and whether the address should begin with https.",
    "http.portal": "The network asks for a sign-in before it lets the console through to {host}. Open a web browser and sign in; the console tries again by itself.",
    "http.secret_characters": "The {secret} holds characters that cannot be sent, such as a line end. Enter it again in the profile.",
    "http.not_allowed": "The console only reads: {method} {path} is not on the list of permitted requests.",
    "reply.html": "{host} answers with a web page instead of data. Check the address: it may be another program, a login page or a network sign-in.",
    "reply.json": "The answer of {host} is not valid JSON ({what}). The values on screen stay as they were.",
    "reply.shape": "The answer of {host} has an unexpected form at {pointer}: {what}.",
    "reply.empty": "{host} sent an empty answer.",
    "reply.charset": "The answer of {host} is not valid UTF-8 and was read as {charset}. Names with accents may look wrong.",
    "reply.limits": "The answer of {host} is beyond a safety limit ({what}) and was refused as a whole.",
    "reply.repaired": "The answer of {host} is damaged and had to be repaired to be read ({what}). Compare important figures with the system itself, and tell its administrator.",
    "reply.frozen": "{host} has given the same answer for {seconds} s although callers are waiting: its figures stand still. Ask its administrator to look at the service that collects them.",
    "reply.login_page": "{host} answers with its sign-in page instead of data. Check user name and password, and whether this account may use the interface.",
    "reply.licence": "{host} answers with a notice about its licence instead of data. Ask the administrator to check the licence of {product}.",
    "reply.blank": "{host} gives an answer without any content. It may not know the user name or the password, or the account may see nothing: check them in the profile.",
    "session.bug": "The console met a fault of its own in this connection. It tries again by itself; the log has the details.",
    "clock.skew": "The clock of {host} is {amount} {direction} this computer's. Durations are corrected for it.",
    "poll.dead": "Live data stopped. The console tries again by itself.",
    "source.no_sections": "This system does not offer that.",
    "waiting.unavailable": "Waiting callers are not available from this system: it reports how many wait, not who.",
    "metrics.none": "The account sees no realtime metrics yet. Ask the administrator to add some under {where} and to name this account there.",
    "metrics.gone": "{count} metrics are no longer known to {host} and were left out: {names}.",
    "metrics.forbidden": "not permitted",
    "metrics.unmapped": "No metric is tied to a queue or agent column yet. Tie them under Columns in the profile.",
    "metrics.never_warm": "{host} promises {count} values and has not delivered them for {seconds} s.",
    "socket.down": "Live updates by websocket are interrupted; the console polls instead.",
    "socket.refused": "{host} does not offer live updates to this account; the console polls instead.",
    "socket.closed": "{host} closed the live connection (code {number}). The console tries again by itself.",
    "socket.silent": "The live connection to {host} has been silent for {seconds} s and was closed. The console tries again by itself.",
    "socket.data": "{host} sent something over the live connection that the console does not accept ({what}).",
    "check.ok": "{host} answers: {what}.",
    "check.metrics": "{count} realtime metrics",
    "check.agents": "{count} agents",
    "check.queues": "{count} queues",
    "check.waiting": "{count} waiting callers",
}

API: dict[str, str] = {
    "api.not_offered": "{host} does not offer {what}. Check address and base path of the profile; {product} may also be too old for it.",
    "api.ip_blocked": "{host} has blocked the address of this computer after failed sign-ins. Ask the administrator to unblock it under {where}; the console does not try again by itself.",
    "api.ip_forbidden": "{host} does not accept requests from the address of this computer. Ask the administrator to permit it under {where}.",
    "api.switched_off": "The interface of {host} is switched off or not part of its plan. Ask the administrator to enable it under {where}.",
    "api.sessions_full": "{host} has given out all sessions of this account. Old ones end by themselves; the console tries again in {seconds} s.",
    "api.session_refused": "{host} refuses the session it has just given. The console tries again in {seconds} s.",
    "api.busy": "{host} is busy with another heavy task. The console waits.",
    "api.outdated": "{host} no longer supports the interface version that the console speaks for {what}.",
    "api.failure": "{host} reports a failure for {what} (code {number}).",
    "api.unreadable": "{host} does not say whether {what} worked.",
    "api.dates": "The dates of {host} could not be read for certain: {what}. Choose the date format in the profile.",
    "api.incomplete": "{host} promises {total} {what} and lists {got}. The rest is missing here.",
    "api.no_base": "{host} has no interface of {product} at the usual places ({paths}). Enter the base path in the profile.",
    "api.found_at": "The interface is at {path}.",
    "source.part_missing": "{host} leaves {what} out of its answers, so nothing is known about them.",
    "source.rows_hidden": "{host} no longer shows {names}. They may have been removed, or the account may have lost the right to see them.",
    "queues.none": "The account sees no queues. Ask the administrator to permit some under {where}.",
    "queues.unknown": "{names}: no such queue among those the account sees. Known are: {known}.",
    "counters.unavailable": "The day's figures are not available: {why}",
    "counters.late": "The day's figures of {host} could not be refreshed and are from {time}.",
    "counters.no_rows": "{host} has no day's figures for these queues. Asked from {start} to {end} through interface {version}; check the date format of the profile.",
}

SECRETS: dict[str, str] = {
    "secret.missing": "The {field} of {profile} is not known. Enter it in the profile, or set {variable}.",
    "secret.no_store": "This computer has no usable secret store ({reason}). The secret is kept for this session only; for later, set {variable}.",
    "secret.locked": "The secret store is locked or its prompt was dismissed. Unlock it and try again.",
    "secret.session_locked": "The secret store is locked or its prompt was dismissed. The secret is kept for this session only: unlock the store and enter it again, or set {variable}.",
    "secret.slow": "The secret store does not answer within {seconds} s. The secret is kept for this session only.",
    "secret.too_long": "The {field} is longer than the {limit} characters that every secret store can keep.",
    "secret.unverified": "The secret store accepted the {field} but gives back something else. It is kept for this session only.",
    "secret.empty": "The {field} is empty.",
    "secret.colon": "The {field} must not hold a colon: this way of signing in cannot carry one.",
    "secret.trimmed": "Spaces and line ends around the {field} were left out.",
    "secret.foreign_store": "The secret store {name} is not one the console trusts. The secret is kept for this session only.",
    "secret.set_variable": "The secret of {profile} is not stored. Set {variables} before the next start.",
    "secret.stdin": "Give the secret on standard input: {how}.",
    "secret.store_name": "Secrets are kept in {name}.",
    "secret.memory_only": "Secrets are kept for this session only.",
    "secret.host_changed": "The address of {profile} now names another server, so the stored secret was not taken along. Enter it again.",
}

SETTINGS: dict[str, str] = {
    "settings.broken": "The settings file could not be read and was set aside as {path}. {what}",
    "settings.from_backup": "The last good copy is in use.",
    "settings.from_defaults": "There was no good copy: the console starts with none.",
    "settings.newer": "The settings were written by a newer version ({version}). They are used, but changes are not saved.",
    "settings.not_saved": "The settings could not be saved ({reason}). They are kept in memory; the console tries again in {seconds} s.",
    "settings.merged": "Another copy of the console changed {names} as well. The change made here is kept; look over the profile.",
    "settings.kept": "Another copy of the console changed {names} while it was removed here. It is kept; remove it again if it is not needed.",
    "settings.renamed": "Another copy of the console also added a profile {name}. The one made here is now called {new_name}.",
    "settings.too_large": "The settings would be larger than {limit}. Remove profiles that are not needed.",
    "settings.unreadable": "The settings file {path} cannot be read ({reason}). Changes are not saved: give yourself the right to read it, then start again.",
    "settings.locked": "Another copy of the console holds the settings. Changes here are not saved.",
    "settings.folder": "The folder {path} cannot be used for settings ({reason}). Choose another with --config-dir.",
    "profile.unknown": "There is no profile {name}. Known are: {known}.",
    "profile.exists": "There is already a profile {name}.",
    "profile.too_like": "The name is too like {name}: both would take their secrets from {variable}. Choose a name that differs in letters or digits.",
    "profile.name": "The name of a profile has 1 to 80 visible characters.",
    "profile.url": "{url} is not a usable address: {what}. Write it like {example}.",
    "profile.url_secret": "The address must not hold a user name, password or key: enter those in their own fields.",
    "profile.backend": "There is no system {backend}. Known are: {known}.",
    "profile.field_unknown": "{title} has no field {field}. Known are: {known}.",
    "profile.field_required": "{field} is needed.",
    "profile.field_choice": "{field} must be one of {choices}.",
    "profile.field_secret": "{field} is a secret and is not kept in the profile. Give it on standard input or in its own field.",
    "profile.field_text": "{field} must be one line of at most {limit} visible characters.",
    "profile.poll": "The poll interval must lie between {low} and {high} seconds.",
    "profile.pin": "The fingerprint must be the 64 hexadecimal digits of a SHA-256.",
    "profile.column": "There is no column {column}. Known are: {known}.",
    "profile.import": "{path} is not a file of exported profiles ({what}).",
    "profile.imported": "Imported: {names}.",
    "profile.mapping": "Write a mapping like waiting=101 or agents.state=K0FLAEB6.",
    "profile.added": "Profile {name} added.",
    "profile.removed": "Profile {name} removed, with its secret.",
    "profile.mapped": "{column} of {name} now shows metric {metric}.",
}

PROGRAM: dict[str, str] = {
    "program.bug": "The console met a fault of its own ({what}). The log has the details: {path}",
    "program.no_display": "There is no display here. Use --screenshot FILE for a picture of the window, or the live command for the figures.",
    "demo.start": "The demo call centre did not start ({what}).",
    "cli.value": "{what} must be {expected}.",
    "io.read": "{path} cannot be read ({reason}).",
    "io.write": "{path} cannot be written ({reason}).",
    "text.plain": "{text}",
}

ENGLISH: dict[str, str] = {
    **CONNECTION,
    **API,
    **SECRETS,
    **SETTINGS,
    **PROGRAM,
    **ALERTS,
    **FORMS,
    **RUNS,
    **JOBS,
    **FILES,
    **HISTORY,
    **LIMITS,
    **RECONCILE,
    **WHAT_IF,
    **TABLES,
    **SCHEDULES,
    **WALLBOARDS,
    **ONCE,
}
