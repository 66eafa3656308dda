"""Reads a body piece by piece: one gzip layer at most, every size bounded."""

from __future__ import annotations

import zlib

from console.net.limits import MB, Limits
from console.net.translate import DoorError

_STEP = 256 * 1024  # bytes unpacked at once; what a bomb can make us hold beyond the limit


class BodyReader:
    """Collects a body within the limits.

    A body that belongs to a refusing status is only kept for a details view: it is cut instead of refused.

    Args:
        coding: the ``content-encoding`` header.
        length: the ``content-length`` header.
        is_error: whether only the first `Limits.error_bytes` are wanted.
        most: limit of the body, packed and unpacked, in place of those of a reply that is kept in memory.

    Raises:
        DoorError: a coding other than one gzip, or a length beyond the limit.
    """

    def __init__(self, coding: str, length: str, limits: Limits, *, is_error: bool, most: int | None = None) -> None:
        codings = [
            part for part in (item.strip().lower() for item in coding.split(",")) if part not in ("", "identity")
        ]
        self._is_error = is_error
        self._limits = limits
        self._most = limits.error_bytes if is_error else most or limits.decoded_bytes
        self._most_wire = most or limits.wire_bytes
        self._wire = 0
        self._parts: list[bytes] = []
        self._size = 0
        self._unzip = zlib.decompressobj(16 + zlib.MAX_WBITS) if codings else None
        self.done = False  # nothing more is wanted
        if codings not in ([], ["gzip"], ["x-gzip"]):
            if not is_error:
                raise DoorError("http.encoding", coding=", ".join(codings)[:60].encode("ascii", "replace").decode())
            self.done = True
        if not is_error and length.isascii() and length.isdigit() and int(length[:20]) > self._most_wire:
            raise self._too_large(self._most_wire)

    def feed(self, data: bytes) -> None:
        """Take a piece as it came over the wire."""
        self._wire += len(data)
        if not self._is_error and self._wire > self._most_wire:
            raise self._too_large(self._most_wire)
        if self._unzip is None:
            self._keep(data)
        else:
            self._unpack(data)

    def take(self) -> bytes:
        """What has been unpacked since the last call; the size so far is remembered."""
        piece = b"".join(self._parts)
        self._parts.clear()
        return piece

    def finish(self) -> bytes:
        """The whole body.

        Raises:
            DoorError: the packed body is cut short.
        """
        if self._unzip is not None and not self._unzip.eof and self._wire and not self._is_error:
            raise DoorError("http.encoding", coding="gzip, cut short")
        return b"".join(self._parts)

    def _unpack(self, data: bytes) -> None:
        assert self._unzip is not None
        while data and not self.done:
            try:
                self._keep(self._unzip.decompress(data, _STEP))
            except zlib.error as exc:
                if self._is_error:
                    self.done = True
                    return
                raise DoorError("http.encoding", coding="damaged gzip") from exc
            if self._unzip.unused_data:
                if self._is_error:
                    self.done = True
                    return
                raise DoorError("http.encoding", coding="gzip with something behind it")
            data = self._unzip.unconsumed_tail

    def _keep(self, piece: bytes) -> None:
        room = self._most - self._size
        if len(piece) > room:
            if not self._is_error:
                raise self._too_large(self._most)
            piece = piece[:room]
            self.done = True
        self._size += len(piece)
        if piece:
            self._parts.append(piece)

    @staticmethod
    def _too_large(limit: int) -> DoorError:
        shown = f"{limit // MB} MB" if limit >= MB else f"{max(1, limit // 1024)} KB"
        return DoorError("http.too_large", limit=shown)
