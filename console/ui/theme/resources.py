"""Tinted icons as in-memory Qt resources, for the style sheet, which can only name files.

The blobs are what `pyside6-rcc` writes (format version 1): a tree of nodes, their names, and the data.
"""

from __future__ import annotations

import struct
import weakref
from collections.abc import Mapping

from PySide6.QtCore import qRegisterResourceData, qUnregisterResourceData

_FORMAT = 1
_DIRECTORY = 2
_NO_COUNTRY, _C_LANGUAGE = 0, 1
_ROOT = "console-theme"

Blobs = tuple[bytes, bytes, bytes]


def _hash(name: str) -> int:
    """The hash Qt's resource tree is sorted and searched by (PJW over UTF-16 units)."""
    value = 0
    for char in name:
        value = ((value << 4) + ord(char)) & 0xFFFFFFFF
        value ^= (value & 0xF0000000) >> 23
        value &= 0x0FFFFFFF
    return value


def build(folder: str, files: Mapping[str, bytes]) -> Blobs:
    """Return (tree, names, data) that hold ``:/console-theme/<folder>/<name>`` for each file."""
    names, data, tree = bytearray(), bytearray(), bytearray()

    def name_at(name: str) -> int:
        offset = len(names)
        names.extend(struct.pack(">HI", len(name), _hash(name)) + name.encode("utf-16-be"))
        return offset

    def directory(name_offset: int, count: int, first: int) -> None:
        tree.extend(struct.pack(">IHII", name_offset, _DIRECTORY, count, first))

    directory(0, 1, 1)
    directory(name_at(_ROOT), 1, 2)
    directory(name_at(folder), len(files), 3)
    for name in sorted(files, key=_hash):
        tree.extend(struct.pack(">IHHHI", name_at(name), 0, _NO_COUNTRY, _C_LANGUAGE, len(data)))
        data.extend(struct.pack(">I", len(files[name])) + files[name])
    return bytes(tree), bytes(names), bytes(data)


class ResourceFolder:
    """Files the style sheet can name for as long as this object lives.

    Qt keeps pointers into the blobs and never copies them: they must be taken out before they are freed, which
    the finalizer does whoever lets go of the folder.
    """

    def __init__(self, folder: str, files: Mapping[str, bytes]) -> None:
        self._folder = folder
        blobs = build(folder, files)
        qRegisterResourceData(_FORMAT, *blobs)
        self._finalize = weakref.finalize(self, qUnregisterResourceData, _FORMAT, *blobs)

    def url(self, name: str) -> str:
        """The path of a file, as ``url(...)`` of a style sheet takes it."""
        return f":/{_ROOT}/{self._folder}/{name}"

    def close(self) -> None:
        """Take the files out of Qt again."""
        self._finalize()
