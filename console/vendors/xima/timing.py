"""Every pause and limit of the live feed in one place, so that tests can shrink them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds, unless a name says otherwise. No interval is documented by the vendor; these are ours.

    Attributes:
        floor_s: no two polls start closer together.
        preparing_s: pauses before a request answered with 202 is sent again; all within the life of one poll.
        warm_first_s: first pause while values are being prepared; grows by `warm_growth` up to the profile's cadence.
        warm_limit_s: values promised for longer count as not coming and hurry nobody any more.
        list_every_s: how often the metrics list is read again; metrics come and go without notice.
        directory_every_s: the same for agents and skills.
        reprobe_s: how often an id that was refused is tried again.
        gone_notice_s: for how long a vanished metric is mentioned.
        safety_s: polls beside a healthy websocket: they keep metrics warm and find silent losses.
        emit_gap_s: pushed changes are gathered for so long.
        socket_pause_s: least pause before a broken websocket is tried again.
        socket_retry_s: pause after a refused one.
        late_s: a change a poll shows, this much older than the poll, should have been pushed.
        skew_s: clock differences from here on are mentioned.
        url_limit: characters of a request's address.
        reply_bytes: wanted size of one reply.
        value_bytes: what one value weighs, before anything has been learned.
        max_probes: requests one cycle may spend on finding refused ids.
        max_values: values held at most.
    """

    floor_s: float = 1.0
    preparing_s: tuple[float, ...] = (0.5, 1.0, 2.0)
    warm_first_s: float = 2.0
    warm_growth: float = 1.5
    warm_limit_s: float = 60.0
    list_every_s: float = 60.0
    directory_every_s: float = 600.0
    reprobe_s: float = 600.0
    gone_notice_s: float = 600.0
    safety_s: float = 30.0
    emit_gap_s: float = 0.25
    socket_pause_s: float = 1.0
    socket_retry_s: float = 600.0
    late_s: float = 5.0
    skew_s: float = 60.0
    url_limit: int = 2_000
    reply_bytes: int = 2_000_000
    value_bytes: float = 200.0
    max_probes: int = 200
    max_values: int = 200_000


TIMING = Timing()
