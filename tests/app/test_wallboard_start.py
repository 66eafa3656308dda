"""Started on a wallboard: a name that is not there is said at once, with those that are."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

import pytest

from console.app.window import _check_wallboard
from console.cli.parser import build_parser
from console.domain.errors import UserError
from console.domain.messages import english
from console.settings.paths import Paths


def parsed(*words: str) -> Namespace:
    return build_parser().parse_args(list(words))


def test_boards_are_named_in_any_case_and_unknown_ones_are_refused_with_those_there_are(tmp_path: Path) -> None:
    paths = Paths(tmp_path, tmp_path, tmp_path)
    _check_wallboard(parsed(), paths)
    _check_wallboard(parsed("--wallboard", "floor", "--screen", "2"), paths)
    with pytest.raises(UserError) as unknown:
        _check_wallboard(parsed("--wallboard", "Roof"), paths)
    assert english(unknown.value.message) == "There is no wallboard called Roof. There are: Floor."
    with pytest.raises(UserError):
        _check_wallboard(parsed("--screen", "2"), paths)
