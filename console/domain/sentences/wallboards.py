"""What is said about wallboards and their file."""

from __future__ import annotations

from typing import Final

WALLBOARDS: Final[dict[str, str]] = {
    "wallboard.book_broken": "The file of wallboards was damaged. It was set aside as {path}; the boards of its backup are used if there are any.",
    "wallboard.book_unreadable": "The wallboards in {path} cannot be read ({reason}). Boards made now are not kept.",
    "wallboard.book_newer": "The wallboards in {path} were written by a newer version ({version}) of the console. They are left as they are; changes made now are not kept.",
    "wallboard.book_not_saved": "The wallboards cannot be saved in {path} ({reason}). The console tries again by itself.",
    "wallboard.unknown": "There is no wallboard called {name}. There are: {known}.",
    "wallboard.screen": "There is no display {n}: this computer has {count}.",
    "wallboard.screen_alone": "--screen says where a wallboard opens: name one with --wallboard.",
    "wallboard.not_a_file": "{path} is no wallboard that was exported from the console.",
    "wallboard.file_newer": "{path} was exported by a newer version of the console.",
    "wallboard.full": "There are {limit} wallboards already. Delete one first.",
    "wallboard.login_failed": "Starting at log-in could not be changed ({reason}).",
}
