"""The place of a figure in a reply: the right lines, whatever the reply is."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from console.ui.source_text import MOST_LINES, ROOM, fragment, pretty

BODY = json.dumps({"results": [{"id": "a", "value": 5}, {"id": "b", "value": 5, "é/~": [1, 2]}]})


def marked(body: str, pointer: str) -> list[str]:
    shown = fragment(body, pointer)
    return [line.strip() for line in shown.text.splitlines()[shown.first : shown.last + 1]]


def test_it_marks_the_pointers_value_and_not_one_that_is_equal() -> None:
    shown = fragment(BODY, "/results/1/value")
    assert shown.text.splitlines()[shown.first].strip() == '"value": 5,'
    assert '"id": "b"' in shown.text.splitlines()[shown.first - 1]
    assert marked(BODY, "/results/1/é~1~0") == ['"é/~": [', "1,", "2", "]"]
    assert marked(BODY, "") == fragment(BODY, "").text.replace("  ", "").splitlines()


def test_a_large_reply_is_shown_around_the_figure_only() -> None:
    body = json.dumps({"results": [{"id": n, "value": n * 7} for n in range(5000)]})
    shown = fragment(body, "/results/4321/value")
    assert shown.text.splitlines()[shown.first].strip() == f'"value": {4321 * 7}'
    assert len(shown.text.splitlines()) <= ROOM
    whole = fragment(body, "/results")
    assert len(whole.text.splitlines()) <= MOST_LINES + 2
    assert whole.text.endswith("…")


def test_what_is_odd_is_said() -> None:
    assert fragment(BODY, "/results/9/value").note == "no_place"
    assert fragment(BODY, "/results/-/value").note == "no_place"
    assert fragment(BODY[:20], "/results/0", is_cut=True).note == "cut"
    assert fragment("<html>", "/a").note == "no_json"
    assert fragment("[" * 100_000, "/0").note == "no_json"
    assert fragment('{"a": "\\u202eevil"}', "/a").text.count("\\u202e") == 1
    assert pretty('{"a":1}') == '{\n  "a": 1\n}'
    assert pretty("a=b") == "a=b"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)


@given(JSON, st.data())
def test_every_place_of_any_json_is_found(value: object, data: st.DataObject) -> None:
    pointer, here = "", value
    while isinstance(here, (dict, list)) and here and data.draw(st.booleans()):
        key = data.draw(st.sampled_from(list(here) if isinstance(here, dict) else range(len(here))))
        pointer += "/" + str(key).replace("~", "~0").replace("/", "~1")
        here = here[key]
    shown = fragment(json.dumps(value), pointer)
    assert shown.note == ""
    assert 0 <= shown.first <= shown.last < len(shown.text.split("\n"))
    if not isinstance(here, (dict, list, str)):
        assert json.dumps(here) in shown.text.split("\n")[shown.first]
