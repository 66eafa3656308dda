"""What live connections say of a failure, for what is asked once: nobody tries again by itself there."""

from __future__ import annotations

ONCE: dict[str, str] = {
    "once.connect.reset": "{host} broke the connection before it had answered. Try it again.",
    "once.connect.slow": "{host} answers too slowly: {what} was given up after {seconds} s. Try it again, or ask for less.",
    "once.http.busy": "{host} asks to wait {seconds} s before the next request. Try it again then.",
    "once.http.throttled": "{host} gets too many requests (HTTP 429). Wait a little, then try it again.",
    "once.http.preparing": "{host} is still preparing the answer. Try it again in a while.",
    "once.http.server_error": "{host} has a fault of its own (HTTP {status}). Try it again later, or ask its administrator.",
    "once.http.unavailable": "{host} is starting or in maintenance (HTTP {status}). Try it again later.",
    "once.http.portal": "The network asks for a sign-in before it lets the console through to {host}. Open a web browser and sign in, then try it again.",
    "once.reply.json": "The answer of {host} is not valid JSON ({what}). Try it again; if it stays so, tell the administrator of the system.",
    "once.api.busy": "{host} is busy with another heavy task. Try it again when that is done.",
    "once.api.sessions_full": "{host} has given out all sessions of this account. Old ones end by themselves; try it again in a while.",
    "once.api.session_refused": "{host} refuses the session it has just given. Try it again in {seconds} s.",
}
