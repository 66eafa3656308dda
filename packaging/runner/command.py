"""The command line: which words it knows, and how failures are told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from runner import checks, demo, relock
from runner.ground import FAILED, INTERRUPTED, USAGE, RunError, complain

USAGE_TEXT: Final = """\
usage: python3 packaging/run.py COMMAND [-- ARGUMENTS]

  demo    open the console on a simulated call centre; arguments go to the console
          (without a display: draw it off screen, save screenshots, print the live table)
  test    check style, types and layers, then run the tests; arguments go to pytest
  bench   run the benchmarks; names choose some of them
  fuzz    feed damaged replies to the adapters: --count N [--adapter ID] [--seed S]
  lock    resolve the locked versions again (needs uv); arguments go to uv

The first demo and the first test make an environment of their own below .venv; later runs start at once."""

_COMMANDS: Final[dict[str, Callable[[list[str]], int]]] = {
    "demo": demo.run,
    "test": checks.run,
    "bench": checks.bench,
    "fuzz": checks.fuzz,
    "lock": relock.run,
}


def main(arguments: Sequence[str]) -> int:
    """Run one command and return the exit code; everything that can go wrong ends in a sentence."""
    if arguments and arguments[0] in {"-h", "--help", "help"}:
        print(USAGE_TEXT)
        return 0
    if not arguments or arguments[0] not in _COMMANDS:
        if arguments:
            complain(f"There is no command {arguments[0]!r}.")
        complain(USAGE_TEXT)
        return USAGE
    rest = list(arguments[1:])
    if rest[:1] == ["--"]:
        del rest[0]
    try:
        return _COMMANDS[arguments[0]](rest)
    except RunError as error:
        complain(str(error))
        return error.code
    except KeyboardInterrupt:
        complain("Interrupted.")
        return INTERRUPTED
    except OSError as error:
        complain(f"This did not work: {error}")
        return FAILED
