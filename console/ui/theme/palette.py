"""Every colour of the window: two palettes, the states' colours and the pairs that must be legible."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from console.domain.enums import AgentStatus
from console.domain.thresholds import Level

TEXT_CONTRAST: Final = 4.5  # WCAG 1.4.3
GRAPHIC_CONTRAST: Final = 3.0  # WCAG 1.4.11


@dataclass(frozen=True, slots=True)
class Mark:
    """A colour with a meaning: `fill` for the body of a shape, `edge` for outlines and thin bars (always legible)."""

    fill: str
    edge: str


@dataclass(frozen=True, slots=True)
class Palette:
    """One theme's colours as ``#rrggbb``.

    Surfaces lie three deep: `window` below `pane` below `raised`. `outline` bounds controls where `hairline` would be
    too faint to find them. `accent` marks focus, `primary` fills the main button, `selection` lies behind rows.
    """

    name: str
    is_dark: bool
    window: str
    pane: str
    raised: str
    hairline: str
    outline: str
    hover: str
    pressed: str
    selection: str
    text: str
    muted: str
    accent: str
    link: str
    primary: str
    primary_hover: str
    on_primary: str
    track: str
    scroll: str
    scroll_hover: str
    tooltip: str
    tooltip_text: str
    info_surface: str
    caution_surface: str
    critical_surface: str
    available: Mark
    ringing: Mark
    call: Mark
    after_call: Mark
    paused: Mark
    off: Mark
    caution: Mark
    critical: Mark
    series: tuple[str, ...]  # curves of a chart, told apart by people with any colour vision; alarm colours come last

    def state(self, status: AgentStatus) -> Mark:
        """The colour of an agent state; its shape tells states of one colour apart."""
        return {
            AgentStatus.AVAILABLE: self.available,
            AgentStatus.RINGING: self.ringing,
            AgentStatus.ON_CALL: self.call,
            AgentStatus.OTHER_CALL: self.call,
            AgentStatus.AFTER_CALL: self.after_call,
            AgentStatus.PAUSED: self.paused,
        }.get(status, self.off)

    def level(self, level: Level) -> Mark:
        """The colour of an alarm level; NONE is as quiet as logged off."""
        return {Level.CAUTION: self.caution, Level.CRITICAL: self.critical}.get(level, self.off)

    def text_pairs(self) -> tuple[tuple[str, str], ...]:
        """Every (ink, surface) pair that carries text."""
        surfaces = (self.window, self.pane, self.raised, self.hover, self.selection, self.pressed)
        return (
            *((ink, surface) for ink in (self.text, self.muted) for surface in surfaces),
            *((self.link, surface) for surface in (self.window, self.pane, self.raised)),
            *((self.text, s) for s in (self.info_surface, self.caution_surface, self.critical_surface)),
            (self.on_primary, self.primary),
            (self.on_primary, self.primary_hover),
            (self.tooltip_text, self.tooltip),
        )

    def graphic_pairs(self) -> tuple[tuple[str, str], ...]:
        """Every (line or shape, surface) pair that carries meaning."""
        surfaces = (self.window, self.pane, self.raised, self.hover, self.selection)
        marks = (
            self.available,
            self.ringing,
            self.call,
            self.after_call,
            self.paused,
            self.off,
            self.caution,
            self.critical,
        )
        return (
            *((mark.edge, surface) for mark in marks for surface in surfaces),
            *((self.accent, surface) for surface in surfaces),
            *((self.outline, surface) for surface in (self.window, self.pane, self.raised)),
            (self.caution.edge, self.caution_surface),
            (self.critical.edge, self.critical_surface),
            (self.accent, self.info_surface),
            *((curve, surface) for curve in self.series for surface in (self.window, self.pane)),
        )


# The fills are Okabe and Ito's set, which people with any colour vision can tell apart.
_GREEN, _SKY, _BLUE, _PINK, _ORANGE, _RED = "#009E73", "#56B4E9", "#0072B2", "#CC79A7", "#E69F00", "#D55E00"

LIGHT: Final = Palette(
    name="light",
    is_dark=False,
    window="#F5F6F8",
    pane="#FFFFFF",
    raised="#FFFFFF",
    hairline="#E1E4EA",
    outline="#868F9D",
    hover="#F1F4F9",
    pressed="#E3E8F1",
    selection="#E3ECFD",
    text="#15181E",
    muted="#5B6473",
    accent="#2F6FED",
    link="#235FD8",
    primary="#2F6FED",
    primary_hover="#2560D6",
    on_primary="#FFFFFF",
    track="#E6E9EF",
    scroll="#C3C9D4",
    scroll_hover="#98A1B0",
    tooltip="#232833",
    tooltip_text="#F2F4F8",
    info_surface="#EBF1FE",
    caution_surface="#FDF4E1",
    critical_surface="#FCEBE1",
    available=Mark(_GREEN, "#007F5C"),
    ringing=Mark(_SKY, "#1F78AD"),
    call=Mark(_BLUE, "#005F96"),
    after_call=Mark(_PINK, "#A94F83"),
    paused=Mark(_ORANGE, "#9C6A00"),
    off=Mark("#A9B0BC", "#6F7886"),
    caution=Mark(_ORANGE, "#9C6A00"),
    critical=Mark(_RED, "#B84F00"),
    series=(_BLUE, "#008F68", "#B8558F", "#30363F", "#3B94CC", "#7E7A00", "#B07A00", _RED),
)

DARK: Final = Palette(
    name="dark",
    is_dark=True,
    window="#14171C",
    pane="#1B1F26",
    raised="#232833",
    hairline="#2E3440",
    outline="#6D7788",
    hover="#222731",
    pressed="#2C3340",
    selection="#26344F",
    text="#E8EBF0",
    muted="#98A2B3",
    accent="#6EA0FF",
    link="#8AB2FF",
    primary="#6EA0FF",
    primary_hover="#89B2FF",
    on_primary="#10141B",
    track="#323946",
    scroll="#414A59",
    scroll_hover="#667183",
    tooltip="#323946",
    tooltip_text="#F2F4F8",
    info_surface="#1F2A40",
    caution_surface="#312A18",
    critical_surface="#36231A",
    available=Mark(_GREEN, "#14B184"),
    ringing=Mark(_SKY, _SKY),
    call=Mark(_BLUE, "#3F9FDD"),
    after_call=Mark(_PINK, "#D68BB4"),
    paused=Mark(_ORANGE, _ORANGE),
    off=Mark("#5E6878", "#8C96A6"),
    caution=Mark(_ORANGE, _ORANGE),
    critical=Mark(_RED, "#F07A2C"),
    series=("#4A97E8", "#14B184", "#D68BB4", "#E8EBF0", "#8CD0F5", "#F0E442", _ORANGE, "#F07A2C"),
)


def _channel(value: int) -> float:
    part = value / 255
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def luminance(colour: str) -> float:
    """Relative luminance (0 to 1) of ``#rrggbb``, as WCAG defines it."""
    red, green, blue = (_channel(int(colour[at : at + 2], 16)) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio (1 to 21) of two colours."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)
