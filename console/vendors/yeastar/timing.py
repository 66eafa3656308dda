"""Every pause and limit of the live feed in one place, so that tests can shrink them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds, unless a name says otherwise. Token lives, socket silence and token cap are the vendor's; the rest ours.

    Attributes:
        gap_s: time between the starts of two requests; less where many queues must fit into a poll interval.
        concurrent: requests under way at once.
        renew_before_s: an access token is renewed so long before it ends, or after 4/5 of its life if that is sooner.
        full_s: wait when all sessions of the account are given out.
        refused_s: wait when a fresh token is refused.
        info_every_s: how often the system information is read: clock, date format, firmware.
        queues_every_s: how often the list of queues is read.
        extensions_every_s: the same for extensions.
        beat_s: sign of life on the socket; the vendor cuts after 60 s of silence.
        silence_s: a socket that said nothing for so long is given up.
        socket_pause_s: least pause before a broken socket is tried again; socket_retry_s: pause after a refusal.
        gather_s: events are gathered for so long before what they touch is read again.
        counters_retry_s: pause after a failed report.
        close_s: for the last words to the server.
        gap_limit_s: a state not looked at for so long may have changed meanwhile.
        page_size: rows per page of a directory; max_pages: pages at most.
        report_queues: queues per report request.
    """

    gap_s: float = 0.02
    concurrent: int = 3
    renew_before_s: float = 300.0
    full_s: float = 300.0
    refused_s: float = 60.0
    info_every_s: float = 60.0
    queues_every_s: float = 60.0
    extensions_every_s: float = 600.0
    beat_s: float = 15.0
    silence_s: float = 38.0
    socket_pause_s: float = 1.0
    socket_retry_s: float = 600.0
    gather_s: float = 1.0
    counters_retry_s: float = 30.0
    close_s: float = 0.6
    gap_limit_s: float = 20.0
    page_size: int = 100
    max_pages: int = 500
    report_queues: int = 100


TIMING = Timing()
