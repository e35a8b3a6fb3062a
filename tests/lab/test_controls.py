"""What a person types into a knob, and what a knob says."""

from __future__ import annotations

import pytest

from regviz import Config
from regviz.errors import ConfigError
from regviz.lab.compare.knobs import knobs, widths_text
from regviz.lab.controls.knob_widgets import from_widget, show_value, widget_of


@pytest.mark.parametrize(
    ("text", "widths"),
    [
        ("64-64", (64, 64)),
        ("64, 32 16", (64, 32, 16)),
        ("128 × 8", (128,) * 8),
        ("16x3", (16,) * 3),
        ("5 * 2", (5, 5)),
        ("", ()),
        ("none", ()),
    ],
)
def test_layers_may_be_listed_or_counted(text: str, widths: tuple[int, ...]) -> None:
    assert from_widget("hidden", text) == widths


@pytest.mark.parametrize("steps", range(20))
def test_a_slider_turned_by_keys_stands_at_round_numbers(steps: int) -> None:
    for turned in (sum([0.05] * steps), 0.05 * steps):
        assert from_widget("dropout", turned) == round(steps / 20, 2)


@pytest.mark.parametrize("text", ["128 × 9", "128 × 0", "0 × 3", "99999 × 2", "4 × 99", "8 × ", "a × 3", "2 × 3 × 4"])
def test_layers_that_cannot_be_are_refused_with_what_can(text: str) -> None:
    with pytest.raises(ConfigError, match=r"hidden.*allowed are up to 8 layers of 1 to 1024 units"):
        from_widget("hidden", text)


@pytest.mark.parametrize("widths", [(), (64,), (64, 64), (32, 16, 8), (128,) * 8, (7,) * 5, (7, 7, 7, 7, 8)])
def test_what_a_knob_says_of_layers_is_short_and_is_read_back(widths: tuple[int, ...]) -> None:
    text = widths_text(widths)
    assert from_widget("hidden", text) == widths
    assert len(text) <= 12
    assert knobs()["hidden"].text(widths) == (text or "none")


@pytest.mark.parametrize(("field", "value"), [("dropout", 0.95), ("mixup", 4.0), ("augment", 3.0)])
def test_a_slider_shows_what_a_link_has_set_beyond_its_end_and_has_its_end_again(field: str, value: float) -> None:
    knob, config = knobs()[field], Config()
    widget = widget_of(knob, config)
    for now in (value, knob.high):
        show_value(knob, widget, config.replace(**{field: now}))
        assert (widget.value, widget.max) == (now, max(now, knob.high))
