"""Sentences about the recording."""

from __future__ import annotations

HISTORY: dict[str, str] = {
    "record.off": "Recording is switched off. Charts and rewind show only what was recorded before.",
    "record.other": "Another copy of the console records into the same folder. This one shows the recording and adds nothing to it.",
    "record.folder": "The folder {path} cannot be used for the recording ({reason}). Nothing is recorded; the console tries again by itself.",
    "record.full": "There is no room left on the disk, so recording pauses. Live figures go on; the console tries again by itself.",
    "record.failed": "The recording cannot be written ({reason}), so it pauses. Live figures go on; the console tries again by itself.",
    "record.slow": "The disk is too slow for the recording: some moments were left out and are gaps.",
    "record.broken": "A file of the recording was damaged and was set aside as {path}. Recording goes on in a new file.",
    "record.damaged": "A part of the recording in {path} cannot be read. It is shown as a gap.",
    "record.unreadable": "The file {path} of the recording cannot be read ({reason}). What it holds is shown as a gap.",
    "record.newer": "The file {path} was recorded by a newer version of the console. It is left untouched and not shown.",
    "record.not_forgotten": "The recording could not be deleted as a whole ({reason}). Close other copies of the console and try again.",
}
