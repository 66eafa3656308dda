"""What one installation of this product may do differently from the next: a switch for each habit seen in the field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

OLDER: Final = 1
NEWER: Final = 2
SCREEN: Final = 3


@dataclass
class Quirks:
    """The habits of one installation; change a field and the next answer follows.

    Attributes:
        base: folder of the program below the address.
        generation: field names of the summary: ``OLDER``, ``NEWER`` (as the vendor's page prints them) or
            ``SCREEN`` (the newer ones with Available and Received, as the product's own screen shows them).
        agents_as_list: agents of a queue as a list that carries their names, instead of a map by name.
        agent_details: fields beyond status and paused.
        named_queues: realtime maps are keyed by the queues' names instead of their numbers.
        clock_times: averages as ``H:MM:SS`` instead of seconds.
        percent_sign: rates with their sign.
        gaps: places of waiting callers with holes in them, as when callers leave while PHP prints.
        nothing: how an empty map is printed.
        missing: names of parts or summary fields that are left out.
        charset: in which the answer is encoded; what it cannot hold becomes a question mark.
        bom: a byte order mark in front.
        warning: a PHP warning in front.
        trailing_comma: a comma before the last brace.
        second_object: the answer is followed by an older one.
        refusal_is_page: a refused sign-in gets the login page with status 200 instead of 401.
        last_call_is_instant: the last call as seconds since 1970 instead of minutes ago in words.
        copy_s: one user's realtime answer is kept and given again for so many seconds.
        page_rows: reports and search come in pages of so many rows and honour ``page``; 0: all rows at once.
        talk_is_zero: search tells a talk time of "0" and the total duration as the combined wait, as the vendor's
            own sample does.
        ring_is_wait: ``ringTime`` of answered calls repeats the wait, as the vendor's own sample does.
        clid_rows: search has the keys of a 2022 installation (``clid``, ``queuereal``), and leaves out what is empty.
        callflow_base: folder in the links to call flows; the vendor's sample has a developer's, not the server's.
    """

    base: str = "/stats"
    generation: int = NEWER
    agents_as_list: bool = False
    agent_details: bool = True
    named_queues: bool = False
    clock_times: bool = False
    percent_sign: bool = False
    gaps: bool = False
    nothing: str = "{}"
    missing: tuple[str, ...] = ()
    charset: str = "utf-8"
    bom: bool = False
    warning: bool = False
    trailing_comma: bool = False
    second_object: bool = False
    refusal_is_page: bool = False
    last_call_is_instant: bool = False
    copy_s: float = 0.0
    page_rows: int = 0
    talk_is_zero: bool = False
    ring_is_wait: bool = False
    clid_rows: bool = False
    callflow_base: str = "/asternicjquery"

    def __post_init__(self) -> None:
        """Refuse field names no version of the program has."""
        if self.generation not in (OLDER, NEWER, SCREEN):
            raise ValueError("The generation must be 1, 2 or 3.")

    def seconds(self, ms: float) -> str:
        """A duration, whole seconds, cut off as the phone system does."""
        whole = int(ms // 1000)
        if not self.clock_times:
            return str(whole)
        return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"

    def rate(self, part: int, whole: int) -> str:
        """A share of a whole in percent; of nothing it is 0."""
        text = f"{100 * part / whole:.2f}".rstrip("0").rstrip(".") if whole else "0"
        return f"{text} %" if self.percent_sign else text

    def dress(self, text: str) -> bytes:
        """A printed object as it leaves the server."""
        if self.trailing_comma and text.endswith("}"):
            text = text[:-1] + ",\n}"
        if self.second_object:
            text += text
        if self.warning:
            text = f"{WARNING}{text}"
        data = text.encode(self.charset, "replace")
        return b"\xef\xbb\xbf" + data if self.bom else data


WARNING: Final = (
    "<br />\n<b>Warning</b>:  Undefined array key &quot;tag&quot; in <b>/var/www/html/stats/rest/index.php</b> "
    "on line <b>412</b><br />\n"
)
