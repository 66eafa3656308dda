"""How a vendor writes values in a file, and the SQL that reads them back: strict, so that no number is invented."""

from __future__ import annotations

from dataclasses import dataclass

from console.reports.columns import ColumnKind
from console.reports.table_engine import literal

_FROM_1900_MS = 2_208_988_800_000  # a time without a date is read as one of 1 January 1900
_DATETIMES = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M:%S.%f",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d",
)


@dataclass(frozen=True, slots=True)
class Spelling:
    """How values are written.

    Attributes:
        decimal: the decimal mark, "." or ",".
        thousands: the mark between groups of three digits, "" when none is used; a number with it is only read when
            the groups are right ("1,234", never "1,5").
        datetimes: strptime formats, tried in order; without zone. Day or month first is the vendor's to say.
        number_ms: what a duration written as a plain number counts, in ms (1000: seconds).
        yes, no: words of a flag, lower case.
    """

    decimal: str = "."
    thousands: str = ","
    datetimes: tuple[str, ...] = _DATETIMES
    number_ms: float = 1000.0
    yes: tuple[str, ...] = ("true", "yes", "1")
    no: tuple[str, ...] = ("false", "no", "0")

    def sql(self, kind: ColumnKind, text: str) -> str:
        """The SQL expression for the value of the expression `text`, NULL when it is not of the kind."""
        if kind is ColumnKind.NUMBER:
            return self._number(text)
        if kind is ColumnKind.MONEY:
            return f"coalesce({self._number(text)}, {self._number(_without_currency(text))})"
        if kind is ColumnKind.PERCENT:
            return self._number(f"CASE WHEN ends_with({text}, '%') THEN left({text}, -1) ELSE {text} END")
        if kind is ColumnKind.DURATION:
            return self._duration(text)
        if kind is ColumnKind.DATETIME:
            if not self.datetimes:
                return "CAST(NULL AS TIMESTAMP)"
            formats = ", ".join(literal(form) for form in self.datetimes)
            return f"CAST(try_strptime({text}, [{formats}]) AS TIMESTAMP)"
        if kind is ColumnKind.FLAG:
            word = f"lower(trim({text}))"
            return f"CASE WHEN {word} IN {_words(self.yes)} THEN true WHEN {word} IN {_words(self.no)} THEN false END"
        return text

    def _number(self, text: str) -> str:
        plain = text
        if self.decimal != ".":
            plain = f"CASE WHEN contains({text}, '.') THEN NULL ELSE replace({text}, {literal(self.decimal)}, '.') END"
        # the engine reads "1_000", "inf" and "nan" as numbers; a server that writes them means something else
        read = f"try_cast({plain} AS DOUBLE)"
        found = f"CASE WHEN isfinite({read}) AND NOT contains({text}, '_') THEN {read} END"
        if not self.thousands:
            return found
        mark, point = _escaped(self.thousands), _escaped(self.decimal)
        grouped = literal(f" *[-+]?[0-9]{{1,3}}({mark}[0-9]{{3}})+({point}[0-9]+)? *")
        bare = f"replace(replace({text}, {literal(self.thousands)}, ''), {literal(self.decimal)}, '.')"
        return f"coalesce({found}, CASE WHEN regexp_full_match({text}, {grouped}) THEN try_cast({bare} AS DOUBLE) END)"

    def _duration(self, text: str) -> str:
        # nearly all are a time of day to look at, which is read fastest; the rest is told apart by its shape
        # (by its length: a format that does not fit costs more than all the rest)
        form = (
            f"CASE WHEN strlen({text}) < 7 THEN try_strptime({text}, '%M:%S') ELSE try_strptime({text}, '%H:%M:%S') END"
        )
        usual = f"epoch_ms({form}) + {_FROM_1900_MS}.0"
        fraction = "([.,][0-9]{1,6})?"
        hours = f"regexp_full_match({text}, '-?[0-9]{{1,6}}:[0-5]?[0-9]:[0-5]?[0-9]{fraction}')"
        minutes = f"regexp_full_match({text}, '-?[0-9]{{1,9}}:[0-5][0-9]{fraction}')"
        seconds = f"try_cast(replace(split_part({text}, ':', -1), ',', '.') AS DOUBLE)"
        whole = f"abs(try_cast(split_part({text}, ':', 1) AS DOUBLE))"
        sign = f"(CASE WHEN starts_with({text}, '-') THEN -1 ELSE 1 END)"
        return (
            f"coalesce({usual}, CASE "
            f"WHEN {hours} THEN epoch(try_cast(replace({text}, ',', '.') AS INTERVAL)) * 1000.0 "
            f"WHEN {minutes} THEN {sign} * ({whole} * 60000.0 + {seconds} * 1000.0) "
            f"ELSE {self._number(text)} * {self.number_ms!r} END)"
        )


def _without_currency(text: str) -> str:
    """The number of an amount with one sign or three-letter code before or after it; NULL for anything else."""
    pattern = r"^\s*([-+]?)\s*(?:[A-Z]{3}|\p{Sc})?\s*([0-9][0-9.,'  ]*)(?:[A-Z]{3}|\p{Sc})?\s*$"
    found = f"regexp_extract({text}, {literal(pattern)}"
    return f"concat({found}, 1), trim({found}, 2)))"


def _escaped(mark: str) -> str:
    return "".join(f"[{char}]" if char not in "^\\" else f"\\{char}" for char in mark)


def _words(words: tuple[str, ...]) -> str:
    return "(" + ", ".join(literal(word) for word in words or ("",)) + ")"
