"""Colours: legible in both themes, and no two states alike."""

from __future__ import annotations

from itertools import combinations

import pytest

from console.domain.enums import AgentStatus
from console.domain.thresholds import Level
from console.ui.theme import DARK, LIGHT, Palette, level_shape, state_shape
from console.ui.theme.palette import GRAPHIC_CONTRAST, TEXT_CONTRAST, contrast

both = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=lambda palette: palette.name)


def test_contrast_is_the_one_of_the_guideline() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#FFFFFF", "#FFFFFF") == pytest.approx(1)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@both
def test_every_text_pair_is_legible(palette: Palette) -> None:
    pairs = palette.text_pairs()
    assert len(pairs) > 10
    faint = {pair: round(contrast(*pair), 2) for pair in pairs if contrast(*pair) < TEXT_CONTRAST}
    assert not faint


@both
def test_every_graphic_pair_is_visible(palette: Palette) -> None:
    pairs = palette.graphic_pairs()
    assert len(pairs) > 30
    faint = {pair: round(contrast(*pair), 2) for pair in pairs if contrast(*pair) < GRAPHIC_CONTRAST}
    assert not faint


@both
def test_no_two_states_share_shape_and_colour(palette: Palette) -> None:
    looks = {status: (state_shape(status), palette.state(status)) for status in AgentStatus}
    for one, other in combinations(AgentStatus, 2):
        assert looks[one] != looks[other]
        assert state_shape(one) is not state_shape(other)


@both
def test_levels_differ_from_each_other_and_from_states(palette: Palette) -> None:
    shapes = {level_shape(level) for level in (Level.CAUTION, Level.CRITICAL)}
    assert len(shapes) == 2
    assert not shapes & {state_shape(status) for status in AgentStatus}
    assert palette.level(Level.CAUTION) != palette.level(Level.CRITICAL)


@both
def test_states_use_the_colours_everybody_can_tell_apart(palette: Palette) -> None:
    fills = {status: palette.state(status).fill for status in AgentStatus}
    assert fills[AgentStatus.AVAILABLE] == "#009E73"
    assert fills[AgentStatus.RINGING] == "#56B4E9"
    assert fills[AgentStatus.ON_CALL] == fills[AgentStatus.OTHER_CALL] == "#0072B2"
    assert fills[AgentStatus.AFTER_CALL] == "#CC79A7"
    assert fills[AgentStatus.PAUSED] == "#E69F00"
    assert palette.level(Level.CRITICAL).fill == "#D55E00"
