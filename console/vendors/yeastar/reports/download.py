"""The file behind a link: fetched with the token, looked at before it counts as a report.

A link serves for 30 minutes and needs a live token as well; a failure may come as JSON with an ``errcode`` or as a
sign-in page instead of a file (vendor page "Download a Call Report"). The name in ``file`` differs from the link in
case, so the link alone is followed, and only to the PBX itself.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from console.domain.errors import AuthError, ConsoleError, NotFound, NotPermitted, ProtocolError, ServerBusy
from console.domain.messages import message
from console.domain.secret import Secret
from console.net.decode import looks_like_html
from console.net.http import Request
from console.net.limits import CallClass
from console.reports.result import Phase, Progress, RawFile, Tell
from console.vendors.yeastar.backend import Access
from console.vendors.yeastar.client import Answer
from console.vendors.yeastar.envelope import NO_DATA, TOKEN_EXPIRED, Json, code_error, error_number, words
from console.vendors.yeastar.reports.explain import PURPOSE

CSV_TYPE = "text/csv"
AGAIN_S = 60.0


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file and its first bytes."""

    file: RawFile
    head: bytes


class Downloader:
    """Follows links of one server."""

    def __init__(self, access: Access) -> None:
        self._access = access

    async def fetch(
        self, link: str, name: str, folder: Path, fallback: str, tell: Tell, *, is_last: bool
    ) -> Fetched | None:
        """The file; None when the link no longer serves and may be asked for once more.

        Raises:
            ConsoleError: it is no file of a report, it leads elsewhere, or see `VendorHttp.download`.
        """
        # a raw space, as the vendor's own examples have it, would not survive being taken apart
        path, query = self._access.http.own_link(link.strip().replace(" ", "%20"))
        token = await self._access.keeper.token()
        fetched = await self._once(path, query, token, name, folder, fallback, tell)
        if fetched is None:  # the token has ended since the link was given
            token = await self._access.keeper.renew(token)
            fetched = await self._once(path, query, token, name, folder, fallback, tell)
        if fetched is None:
            said = message("api.session_refused", host=self._host, seconds=round(AGAIN_S))
            raise ServerBusy(said, retry_after_s=AGAIN_S)
        if fetched is _GONE:
            if is_last:
                raise ProtocolError(message("pbx.link_expired", host=self._host))
            return None
        return fetched

    @property
    def _host(self) -> str:
        return self._access.http.host

    async def _once(
        self,
        path: str,
        query: tuple[tuple[str, str], ...],
        token: Secret,
        name: str,
        folder: Path,
        fallback: str,
        tell: Tell,
    ) -> Fetched | None:
        """One try: None when the token is refused, `_GONE` when the link is."""
        from console.reports.sniff import safe_file_name, sniff

        target = folder / "download.part"
        request = Request(
            "GET",
            path,
            query=(*query, ("access_token", token.reveal())),
            headers={"Accept": "*/*"},
            call=CallClass.REPORT,
        )

        def told(received: int, expected: int | None) -> None:
            tell(Progress(Phase.DOWNLOADING, received=received, expected=expected))

        try:
            got = await self._access.http.download(request, target, on_bytes=told)
        except NotFound:
            return _GONE
        except NotPermitted:
            raise
        except AuthError:
            return None
        final: Path | None = None
        try:
            number, body = await self._error_in(got.head, got.size, target)
            if number is not None or looks_like_html(got.head):
                return self._not_a_file(number, body, got.exchange_id)
            media = sniff(got.head) if got.size else CSV_TYPE
            media = CSV_TYPE if media.startswith("text/") else media
            name = safe_file_name(name or unquote(PurePosixPath(path).name), media, fallback)
            final = await asyncio.to_thread(target.rename, folder / name)
        finally:
            if final is None:
                await asyncio.shield(asyncio.to_thread(target.unlink, missing_ok=True))
        return Fetched(RawFile(final, final.name, media, got.size, got.exchange_id), got.head)

    async def _error_in(self, head: bytes, size: int, target: Path) -> tuple[int | None, Json]:
        """The code and body of an error that came in place of the file."""
        if not head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{") or size > 64 * 1024:
            return None, None
        data = await asyncio.to_thread(target.read_bytes)
        try:
            body = json.loads(data.decode("utf-8-sig", "replace"))
        except (ValueError, RecursionError):
            return None, None
        return error_number(body), body

    def _not_a_file(self, number: int | None, body: Json, exchange_id: str) -> Fetched | None:
        """What to do about something that is no file: another token, another link, or a sentence."""
        if number == TOKEN_EXPIRED:
            return None
        if number == NO_DATA:
            return _GONE
        error: ConsoleError
        if number is not None and number != 0:
            error = code_error(
                number, host=self._host, what=PURPOSE, full_s=0.0, detail=words(body, self._access.redactor)
            )
        else:
            what = "a web page" if number is None else "a message"
            error = ProtocolError(message("run.not_a_file", host=self._host, what=what))
        error.exchange_id = exchange_id
        raise error

    def no_link(self, answer: Answer) -> ConsoleError:
        """The error of an answer that names no file."""
        detail = words(answer.body, self._access.redactor)
        return ProtocolError(
            message("pbx.no_link", host=self._host), detail=detail, exchange_id=answer.reply.exchange_id
        )


_GONE = Fetched(RawFile(Path(), "", "", 0), b"")
