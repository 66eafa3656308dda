"""The words and colours of a call's course."""

from __future__ import annotations

from console.domain.callflow import CallFlow, FlowSpan, SpanKind
from console.domain.text import safe_text
from console.domain.values import Origin
from console.ui.callflow.lanes import clock
from console.ui.text import plural, tr
from console.ui.theme import Mark, Palette, Shape


def kind_word(kind: SpanKind) -> str:
    """What goes on."""
    return {
        SpanKind.WAITING: tr("Waiting"),
        SpanKind.RINGING: tr("Ringing"),
        SpanKind.TALK: tr("Talk"),
        SpanKind.HOLD: tr("Hold"),
        SpanKind.TRANSFER: tr("Transfer"),
        SpanKind.VOICEMAIL: tr("Voicemail"),
        SpanKind.END: tr("End"),
    }[kind]


def kind_look(palette: Palette, kind: SpanKind) -> tuple[Shape, Mark]:
    """Shape and colour, beside the word."""
    return {
        SpanKind.WAITING: (Shape.RING, palette.off),
        SpanKind.RINGING: (Shape.QUARTER, palette.ringing),
        SpanKind.TALK: (Shape.PLAY, palette.call),
        SpanKind.HOLD: (Shape.BARS, palette.paused),
        SpanKind.TRANSFER: (Shape.DIAMOND, palette.after_call),
        SpanKind.VOICEMAIL: (Shape.DIAMOND, palette.available),
        SpanKind.END: (Shape.DISC, palette.off),
    }[kind]


def span_words(span: FlowSpan) -> str:
    """A span in one sentence: what, who, how long, from when, how it ended, and how sure that is."""
    who = " · ".join(safe_text(part, 80) for part in (span.who, span.queue) if part)
    parts = [kind_word(span.kind) + (f" · {who}" if who else "")]
    if span.length_ms or span.is_open:
        parts.append(
            tr(
                "{length}, from {start} to {end}",
                length=clock(span.length_ms),
                start=clock(span.start_ms),
                end=clock(span.end_ms),
            )
        )
    else:
        parts.append(tr("at {time}", time=clock(span.start_ms)))
    if span.text:
        parts.append(safe_text(span.text, 120))
    if span.is_open:
        parts.append(tr("end not recorded"))
    if span.origin is Origin.INFERRED:
        parts.append(tr("inferred from a length the system states"))
    return "  ·  ".join(parts)


def flow_words(flow: CallFlow) -> str:
    """The whole course in a sentence, for those who do not see it."""
    waited = sum(span.length_ms for span in flow.spans if span.kind is SpanKind.WAITING)
    talked = sum(span.length_ms for span in flow.spans if span.kind is SpanKind.TALK)
    rang = len({span.who for span in flow.spans if span.kind is SpanKind.RINGING and span.who})
    parts = [tr("{length} in all", length=clock(flow.length_ms))]
    if any(span.kind is SpanKind.WAITING for span in flow.spans):
        parts.append(tr("{length} waiting", length=clock(waited)))
    if rang:
        parts.append(plural("{n} agent rung", "{n} agents rung", rang))
    if talked:
        parts.append(tr("{length} talking", length=clock(talked)))
    if len(flow.legs) > 1:
        parts.append(plural("{n} queue", "{n} queues", len(flow.legs)))
    return "  ·  ".join(parts)
