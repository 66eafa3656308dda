"""What can be chosen and what is chosen: searching, toggling and pasting, without a widget."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from console.reports.schema import Choice, Json

LONGEST_PASTE = 2_000_000  # characters looked at
_HARD = re.compile(r"[\n\r\t;]+")
_COMMA = re.compile(r"\s*,\s*")
_LONGEST_NAME = 6  # parts a name with commas may have


@dataclass(frozen=True, slots=True)
class Pasted:
    """What a pasted list came to: keys that are in the list, and words that are not."""

    known: tuple[str, ...]
    unknown: tuple[str, ...]


class ChoiceBook:
    """The choices of one parameter and the keys chosen of them, in the order they were chosen.

    A chosen key that is not among the choices stays: the list may be incomplete, or the value older than the list.
    """

    def __init__(self, choices: Sequence[Choice] = ()) -> None:
        self.is_complete = False  # whether the list is all there is to know; before, no key is called unknown
        self._chosen: dict[str, Json] = {}
        self._kept: dict[str, None] = {}  # unknown keys seen, still offered after they were taken away
        self.set_choices(choices)

    # -- the choices

    @property
    def choices(self) -> tuple[Choice, ...]:
        """Every choice, those of one heading together, in the order the list came."""
        return self._choices

    def set_choices(self, choices: Iterable[Choice], *, is_complete: bool = False) -> None:
        """Take another list; what is chosen stays."""
        groups: dict[str, list[Choice]] = {}
        seen: set[str] = set()
        for choice in choices:
            if choice.value not in seen:
                seen.add(choice.value)
                groups.setdefault(choice.group, []).append(choice)
        self._choices = tuple(choice for group in groups.values() for choice in group)
        self._by_value = {choice.value: choice for choice in self._choices}
        self._by_name: dict[str, list[str]] | None = None
        self._words: tuple[str, ...] | None = None
        self.is_complete = is_complete
        self._kept = {key: None for key in self._chosen if key not in self._by_value}

    def get(self, key: str) -> Choice | None:
        """The choice of a key."""
        return self._by_value.get(key)

    def label(self, key: str) -> str:
        """The word for a key; the key itself when it is not in the list."""
        choice = self._by_value.get(key)
        return choice.label or key if choice is not None else key

    def match(self, text: str) -> Sequence[Choice]:
        """The choices whose label, note, heading or value contains every word of `text`."""
        words = text.casefold().split()
        if not words:
            return self._choices
        if self._words is None:
            self._words = tuple(f"{c.label}\n{c.note}\n{c.group}\n{c.value}".casefold() for c in self._choices)
        found = [at for at, line in enumerate(self._words) if words[0] in line]
        for word in words[1:]:
            found = [at for at in found if word in self._words[at]]
        return [self._choices[at] for at in found]

    # -- what is chosen

    @property
    def chosen(self) -> tuple[str, ...]:
        """The chosen keys as text."""
        return tuple(self._chosen)

    def values(self) -> list[Json]:
        """The chosen keys as they were given, in order."""
        return list(self._chosen.values())

    def set_chosen(self, values: Iterable[Json]) -> None:
        """Take the chosen keys of a saved value; what is not text keeps its own form."""
        self._chosen = {value if isinstance(value, str) else str(value): value for value in values}
        self._kept = {key: None for key in self._chosen if key not in self._by_value}

    def is_chosen(self, key: str) -> bool:
        """Whether a key is chosen."""
        return key in self._chosen

    def unknown(self) -> tuple[str, ...]:
        """Chosen keys that are not in the list; none while the list has not come."""
        if not self.is_complete:
            return ()
        return tuple(key for key in self._chosen if key not in self._by_value)

    def offered_unknown(self, text: str = "") -> tuple[str, ...]:
        """Keys outside the list to be shown with it: chosen ones, and those taken away a moment ago."""
        word = text.casefold().strip()
        return tuple(key for key in self._kept if word in key.casefold())

    def count_of(self, choices: Iterable[Choice]) -> int:
        """How many of these are chosen."""
        chosen = self._chosen
        return sum(choice.value in chosen for choice in choices)

    def add(self, keys: Iterable[str]) -> None:
        """Choose keys."""
        for key in keys:
            if key not in self._chosen:
                self._chosen[key] = key
            if key not in self._by_value:
                self._kept.setdefault(key)

    def remove(self, keys: Iterable[str]) -> None:
        """Choose keys no longer."""
        for key in keys:
            self._chosen.pop(key, None)

    def toggle(self, keys: Iterable[str]) -> None:
        """Turn each key round."""
        for key in tuple(keys):
            if key in self._chosen:
                self.remove((key,))
            else:
                self.add((key,))

    def choose_only(self, key: str) -> None:
        """Choose one key and no other."""
        self._chosen = {key: key}
        if key not in self._by_value:
            self._kept.setdefault(key)

    # -- a pasted list

    def read(self, text: str) -> Pasted:
        """Find the keys a pasted list means.

        Entries are parted by line ends, tabs and semicolons, and by commas where the words between are not one name
        (``Doe, John``). An entry is a value or, whatever its case, a label or note; a label that several share means
        all of them.
        """
        known: dict[str, None] = {}
        unknown: dict[str, None] = {}
        for piece in _HARD.split(text[:LONGEST_PASTE]):
            entry = piece.strip()
            if not entry:
                continue
            found = self._find(entry)
            if found:
                known.update(dict.fromkeys(found))
            else:
                self._read_commas(entry, known, unknown)
        return Pasted(tuple(known), tuple(unknown))

    def _read_commas(self, entry: str, known: dict[str, None], unknown: dict[str, None]) -> None:
        parts = _COMMA.split(entry)
        at = 0
        while at < len(parts):
            for end in range(min(len(parts), at + _LONGEST_NAME), at, -1):
                found = self._find(", ".join(parts[at:end]))
                if found:
                    known.update(dict.fromkeys(found))
                    at = end
                    break
            else:
                word = _plain(parts[at])
                if word:
                    unknown.setdefault(word)
                at += 1

    def _find(self, entry: str) -> Sequence[str]:
        word = _plain(entry)
        if word in self._by_value:
            return (word,)
        if self._by_name is None:
            self._by_name = _names(self._by_value)
        return self._by_name.get(" ".join(word.casefold().split()), ())


def _plain(entry: str) -> str:
    entry = entry.strip()
    if len(entry) > 1 and entry[0] == entry[-1] and entry[0] in "\"'":
        entry = entry[1:-1].strip()
    return entry


def _names(choices: Mapping[str, Choice]) -> dict[str, list[str]]:
    labels: dict[str, list[str]] = {}
    notes: dict[str, list[str]] = {}
    for choice in choices.values():
        for names, name in ((labels, choice.label), (notes, choice.note)):
            key = " ".join(name.casefold().split())
            if key:
                names.setdefault(key, []).append(choice.value)
    return {**notes, **labels}
