"""The scripted server: raw sockets, optional TLS, websocket by hand, in the test's own loop, on an ephemeral port."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import socket
import ssl
import struct
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

Behaviour = Callable[["Call"], Awaitable[None]]

REASONS = {200: "OK", 206: "Partial Content", 302: "Found", 401: "Unauthorized", 404: "Not Found"}


@dataclass
class Call:
    """One request as it arrived, and the connection to answer on."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    number: int  # of the connection it came over, from 1

    async def send(self, data: bytes) -> None:
        """Write and flush."""
        self.writer.write(data)
        await self.writer.drain()

    async def upgrade(self, extra: str = "") -> None:
        """Accept a websocket."""
        key = self.headers["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        accept = base64.b64encode(hashlib.sha1(key.encode(), usedforsecurity=False).digest()).decode()
        await self.send(
            (
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                f"Sec-WebSocket-Accept: {accept}\r\n{extra}\r\n"
            ).encode()
        )

    async def frame(self, payload: bytes | str, opcode: int = 1, *, fin: bool = True, rsv1: bool = False) -> None:
        """Send one websocket frame, unmasked as servers do."""
        data = payload.encode() if isinstance(payload, str) else payload
        head = bytes([(0x80 if fin else 0) | (0x40 if rsv1 else 0) | opcode])
        if len(data) < 126:
            head += bytes([len(data)])
        elif len(data) < 65536:
            head += b"\x7e" + struct.pack("!H", len(data))
        else:
            head += b"\x7f" + struct.pack("!Q", len(data))
        await self.send(head + data)

    async def close_frame(self, code: int) -> None:
        """Send a close frame."""
        await self.frame(struct.pack("!H", code), 8)


@dataclass
class FaultServer:
    """Answers each request with the next behaviour of the script; the last one is repeated.

    Attributes:
        script: behaviours in order.
        calls: every request understood, in order.
        received: every byte of every connection, handshakes of TLS excluded.
        connections: how many were accepted (after the TLS handshake, if any).
    """

    script: list[Behaviour] = field(default_factory=list)
    tls: ssl.SSLContext | None = None
    host: str = "127.0.0.1"
    port: int = 0
    calls: list[Call] = field(default_factory=list)
    received: bytearray = field(default_factory=bytearray)
    connections: int = 0

    def __post_init__(self) -> None:
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._queue: deque[Behaviour] = deque(self.script)

    @property
    def url(self) -> str:
        """The base address."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}"

    def then(self, *behaviours: Behaviour) -> None:
        """Replace what is left of the script."""
        self._queue = deque(behaviours)

    async def __aenter__(self) -> FaultServer:
        await self.start()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen; a restart takes the same port again."""
        self._server = await asyncio.start_server(
            self._accept, self.host, self.port, ssl=self.tls, family=socket.AF_UNSPEC, limit=2**20
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening and cut every connection."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for task in tuple(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=2)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
                await self._serve(reader, writer, self.connections)
        except asyncio.CancelledError:
            pass  # the test is over; asyncio would report the cancellation of its own callback task
        finally:
            writer.transport.abort()
            self._tasks.discard(task)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> None:
        while not writer.is_closing():
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                piece = await reader.read(1)
                if not piece:
                    return
                self.received += piece
                head += piece
            lines = head.decode("latin-1").split("\r\n")
            method, target, _ = lines[0].split(" ", 2)
            headers = {
                name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:-2])
            }
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            self.received += body
            call = Call(method, target, headers, body, reader, writer, number)
            self.calls.append(call)
            behaviour = self._queue.popleft() if len(self._queue) > 1 else self._queue[0]
            await behaviour(call)


def reply(
    body: bytes | str = b"{}", status: int = 200, headers: Mapping[str, str] | None = None, *, length: bool = True
) -> Behaviour:
    """A well-formed answer."""
    data = body.encode() if isinstance(body, str) else body

    async def answer(call: Call) -> None:
        lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'Status')}"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        if length:
            lines.append(f"Content-Length: {len(data)}")
        await call.send("\r\n".join([*lines, "", ""]).encode("latin-1") + data)

    return answer


def raw(*pieces: bytes, pause_s: float = 0.0, close: bool = True) -> Behaviour:
    """Exactly these bytes, piece by piece, then the end."""

    async def answer(call: Call) -> None:
        for piece in pieces:
            await call.send(piece)
            await asyncio.sleep(pause_s)
        if close:
            call.writer.close()

    return answer


def drip(head: bytes, piece: bytes, pause_s: float) -> Behaviour:
    """`head`, then `piece` again and again for ever."""

    async def answer(call: Call) -> None:
        await call.send(head)
        while True:
            await call.send(piece)
            await asyncio.sleep(pause_s)

    return answer


async def hang(call: Call) -> None:
    """Never answer."""
    await asyncio.Event().wait()


async def reset(call: Call) -> None:
    """Cut the connection with a TCP reset."""
    sock = call.writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    call.writer.transport.abort()


@contextlib.contextmanager
def black_hole() -> object:
    """Yields a port that accepts no connection and refuses none: its queue of connections is full."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(3):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                filler.connect(listener.getsockname())
        yield listener.getsockname()[1]
