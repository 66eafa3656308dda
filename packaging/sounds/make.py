"""Make the alarm sounds from sine waves: ``python packaging/sounds/make.py``. They are ours, and the same each time."""

from __future__ import annotations

import math
import wave
from array import array
from pathlib import Path
from typing import Final, NamedTuple

RATE: Final = 22_050  # samples a second; nothing in these sounds is above 5 kHz
FOLDER: Final = Path(__file__).resolve().parents[2] / "resources" / "sounds"


class Note(NamedTuple):
    """One tone: when it begins and how long it rings (s), its pitch (Hz), loudness (0 to 1), and its overtones."""

    start: float
    length: float
    pitch: float
    loud: float = 0.5
    overtones: tuple[tuple[float, float], ...] = ((1.0, 1.0),)
    decay: float = 5.0


_BELL: Final = ((1.0, 1.0), (2.0, 0.35), (3.01, 0.18), (4.17, 0.08))
_REED: Final = ((1.0, 1.0), (3.0, 0.2))

SOUNDS: Final[dict[str, tuple[Note, ...]]] = {
    "chime": (Note(0.0, 0.9, 659.3, 0.45, _BELL), Note(0.16, 1.1, 880.0, 0.5, _BELL)),
    "bell": (Note(0.0, 1.4, 784.0, 0.6, _BELL, 3.6),),
    "pulse": tuple(Note(0.17 * at, 0.12, 987.8, 0.5, _REED, 2.0) for at in range(3)),
    "soft": (Note(0.0, 0.7, 392.0, 0.5, ((1.0, 1.0), (2.0, 0.12)), 4.0),),
}


def samples(notes: tuple[Note, ...]) -> array[int]:
    """The notes mixed, as signed 16-bit samples; each begins and ends in silence, so that nothing clicks."""
    total = int(max(note.start + note.length for note in notes) * RATE)
    mixed = [0.0] * total
    for note in notes:
        first, count = int(note.start * RATE), int(note.length * RATE)
        weight = sum(part for _, part in note.overtones)
        for at in range(min(count, total - first)):
            moment = at / RATE
            edge = min(1.0, moment / 0.006, (count - at) / RATE / 0.03)
            wave_ = sum(part * math.sin(2 * math.pi * note.pitch * times * moment) for times, part in note.overtones)
            mixed[first + at] += note.loud * edge * math.exp(-note.decay * moment) * wave_ / weight
    peak = max(abs(value) for value in mixed) or 1.0
    return array("h", (round(value / peak * 0.85 * 32_767) for value in mixed))


def main() -> None:
    """Write all of them."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, notes in SOUNDS.items():
        with wave.open(str(FOLDER / f"{name}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(samples(notes).tobytes())


if __name__ == "__main__":
    main()
