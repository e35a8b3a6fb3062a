"""Files come to the kernel in parts, and what is no part of one costs nothing."""

from __future__ import annotations

from regviz.lab.controls.files import FileButton


def test_parts_of_two_files_do_not_mix_and_half_a_file_is_none() -> None:
    heard: list[tuple[str, bytes]] = []
    button = FileButton(lambda name, content: heard.append((name, content)))
    part = {"kind": "part", "of": 2}
    button._handle_custom_msg({**part, "key": "a", "name": "a", "place": 0}, [b"a0"])
    button._handle_custom_msg({**part, "key": "b", "name": "b", "place": 0}, [b"b0"])
    button._handle_custom_msg({**part, "key": "b", "name": "b", "place": 1}, [b"b1"])
    button._handle_custom_msg({**part, "key": "c", "name": "c", "place": 1}, [b"c1"])
    assert heard == [("b", b"b0b1")]
    button._handle_custom_msg({**part, "key": "a", "name": "a", "place": 1}, [b"a1"])
    assert heard[1:] == [("a", b"a0a1")]
    assert button.description == "Choose a file…"


def test_what_no_page_of_ours_sends_costs_nothing() -> None:
    heard: list[tuple[str, bytes]] = []
    button = FileButton(lambda name, content: heard.append((name, content)), largest=5)
    for message in (
        {"kind": "part"},
        {"kind": "part", "key": "a", "name": "a", "place": "x", "of": []},
        {},
        {"kind": []},
    ):
        button._handle_custom_msg(message, [b"..."])
    for key in range(50):
        button._handle_custom_msg({"kind": "part", "key": key, "name": "n", "place": 0, "of": 9}, [b"abc"])
    assert len(button._parts) == 3
    button._handle_custom_msg({"kind": "part", "key": 49, "name": "n", "place": 1, "of": 9}, [b"def"])
    assert list(button._parts) == ["47", "48"]
    button._handle_custom_msg({"kind": "too large", "size": "much"}, [])
    assert not heard
