"""A file that is written whole or not at all, and that never takes the place of another one silently."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from console.domain.errors import UserError
from console.domain.messages import message

_IN_USE = {32, 33}  # ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION of Windows


@contextlib.contextmanager
def whole_file(path: Path, *, replace: bool = False) -> Iterator[Path]:
    """Give the path of a new file beside `path`; when the block ends well, it takes the name of `path`.

    Args:
        replace: whether a file of that name may be replaced.

    Raises:
        UserError: ``file.exists``, ``file.folder``, ``file.link``, ``file.in_use`` or ``io.write``. Then, and after
            any other exception of the block, nothing of the new file is left and an old one is untouched.
    """
    _check(path, replace)
    temporary = None
    try:
        temporary = path.with_name(f".{secrets.token_hex(8)}.part")
        temporary.open("xb").close()  # with the user's usual rights: the file is meant to be passed on
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        _take_name(temporary, path, replace)
        temporary = None
    except OSError as failure:
        raise _told(failure, path) from failure
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)


def free_name(path: Path) -> Path:
    """`path`, or the first of ``name (2).ext``, ``name (3).ext`` ... that no file has; blocking."""
    candidate, number = path, 1
    while os.path.lexists(candidate):
        number += 1
        candidate = path.with_name(f"{path.stem} ({number}){path.suffix}")
    return candidate


def _check(path: Path, replace: bool) -> None:
    if path.is_symlink():
        raise UserError(message("file.link", path=str(path)))
    if path.is_dir():
        raise UserError(message("file.folder", path=str(path)))
    if not path.parent.is_dir():
        raise UserError(message("file.no_folder", path=str(path.parent)))
    if path.exists() and not replace:
        raise UserError(message("file.exists", path=str(path)))


def _take_name(temporary: Path, path: Path, replace: bool) -> None:
    if replace:
        temporary.replace(path)
        return
    try:
        os.link(temporary, path)  # fails when somebody has made the file in the meantime
    except FileExistsError:
        raise
    except OSError:  # a disk without hard links; on Windows a rename does not replace either
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, "File exists", str(path)) from None
        temporary.rename(path)
        return
    temporary.unlink()


def _told(failure: OSError, path: Path) -> UserError:
    if isinstance(failure, FileExistsError):
        return UserError(message("file.exists", path=str(path)))
    if getattr(failure, "winerror", None) in _IN_USE or (isinstance(failure, PermissionError) and path.exists()):
        return UserError(message("file.in_use", path=str(path)))
    if failure.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        return UserError(message("file.disk_full", path=str(path)))
    return UserError(message("io.write", path=str(path), reason=failure.strerror or type(failure).__name__))
