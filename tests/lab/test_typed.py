"""What a person types as a number: every usual spelling is read as it is meant, and nothing is misread in silence."""

from __future__ import annotations

import pytest

from regviz import Config
from regviz.config import FIELDS
from regviz.errors import ConfigError
from regviz.lab.app import Lab
from regviz.lab.compare.knobs import knobs
from regviz.lab.controls.knob_widgets import WRONG, show_value, widget_of
from regviz.lab.controls.typed import refusal, typed
from regviz.language import speaking


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("noise", "0,3", 0.3),
        ("noise", "0.3", 0.3),
        ("noise", ",3", 0.3),
        ("noise", " 0,30 ", 0.3),
        ("dropout", "0,3", 0.3),
        ("dropout", "30%", 0.3),
        ("dropout", "12,5 %", 0.125),
        ("label_noise", "10\N{NO-BREAK SPACE}%", 0.1),
        ("lr", "1e-3", 0.001),
        ("lr", "2,5E-3", 0.0025),
        ("l1", "0,02", 0.02),
        ("l1", "0,001", 0.001),
        ("l1", "1.000", 1.0),
        ("n_train", "1e3", 1000),
        ("n_train", "1 000", 1000),
        ("n_train", "1\N{NARROW NO-BREAK SPACE}000", 1000),
        ("n_train", "80,0", 80),
        ("seed", "+7", 7),
        ("patience", "1e1", 10),
        ("patience", "off", None),
        ("patience", "", None),
        ("clip_norm", "0,5", 0.5),
    ],
)
def test_a_number_is_read_as_people_write_it(field: str, text: str, value: object) -> None:
    assert typed(field, text) == value
    assert type(typed(field, text)) is type(value)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("n_train", "3,5"),
        ("n_train", "30%"),
        ("n_train", "100%"),
        ("n_train", "1 0"),
        ("n_train", ""),
        ("n_train", "1e9999"),
        ("n_train", "9" * 5000),
        ("noise", "0,3,1"),
        ("noise", "0.3.1"),
        ("noise", "nan"),
        ("noise", "inf"),
        ("noise", "\N{MINUS SIGN}1"),
        ("noise", "zwei"),
        ("noise", "1_0"),
        ("noise", "²"),
        ("lr", ""),
        ("patience", "10%"),
        ("hidden", "abc"),
        ("hidden", "(64, 64"),
        ("hidden", "64.5"),
    ],
)
def test_what_is_no_value_is_refused_by_the_knobs_name_with_what_works(field: str, text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        typed(field, text)
    said = refusal(caught.value)
    assert said.startswith(f"{knobs()[field].label}: “{text[:50]}")
    assert "is not possible: allowed" in said
    assert "None" not in said
    assert field == "hidden" or field not in said.split("allowed")[0]
    assert len(said) < 300


@pytest.mark.parametrize(("field", "text", "small"), [("n_train", "1,000", "1"), ("n_train", "1.500", "1.5")])
def test_what_could_be_two_numbers_is_refused_with_both(field: str, text: str, small: str) -> None:
    with pytest.raises(ConfigError) as caught:
        typed(field, text)
    large = int(text.replace(",", "").replace(".", ""))
    assert f"it could mean {small} or {large}. Try {large}." in refusal(caught.value)
    assert typed(field, str(large)) == large


@pytest.mark.parametrize("field", [f for f in knobs() if hasattr(FIELDS[f].kind, "suggestion")])
def test_what_a_refusal_suggests_can_be_typed_there(field: str) -> None:
    with pytest.raises(ConfigError) as caught:
        typed(field, "nonsense")
    suggested = refusal(caught.value).rpartition(" Try ")[2].removesuffix(".")
    assert typed(field, suggested) == caught.value.suggestion


@pytest.mark.parametrize("text", ["(64, 64)", "[64, 64]", "(64,64)", "64–64"])
def test_layers_may_be_written_as_a_program_has_them(text: str) -> None:
    assert typed("hidden", text) == (64, 64)


def test_a_refusal_in_german_has_the_pages_own_words() -> None:
    with speaking("de"):
        with pytest.raises(ConfigError) as caught:
            typed("clip_norm", "viel")
        said = refusal(caught.value)
        with pytest.raises(ConfigError) as caught:
            typed("n_train", "3,5")
        points = refusal(caught.value)
        assert typed("clip_norm", "aus") is None
    assert "„aus“" in said
    assert "None" not in said
    assert points.startswith("Trainingspunkte: „3,5“ ist nicht möglich: erlaubt ist eine ganze Zahl")


@pytest.mark.parametrize("field", list(knobs()))
def test_every_knob_says_what_it_does(field: str) -> None:
    assert widget_of(knobs()[field], Config()).tooltip


def test_a_slider_shows_a_value_between_its_steps_in_full() -> None:
    knob, config = knobs()["dropout"], Config()
    widget = widget_of(knob, config)
    show_value(knob, widget, config.replace(dropout=0.125))
    assert (widget.value, widget.readout_format) == (0.125, ".3f")
    show_value(knob, widget, config.replace(dropout=0.5))
    assert (widget.value, widget.readout_format) == (0.5, ".2f")


def turned(lab: Lab, field: str, text: str) -> None:
    """Type into a field, and let the player hear of it."""
    lab.controls.widgets[field].value = text
    lab.player._hear()


def test_a_field_is_marked_as_long_as_it_holds_what_was_refused_and_its_notice_stands() -> None:
    lab = Lab()
    size, seed = lab.controls.widgets["batch_size"], lab.controls.widgets["seed"]
    true = size.value

    def state() -> tuple[str, bool]:
        return size.value, WRONG in size._dom_classes

    turned(lab, "batch_size", "-5")
    assert state() == ("-5", True)
    assert "Batch size: “-5”" in lab.player.notice
    lab.requests.do(lab.transport.acts["play"])  # the notice goes
    assert lab.player.notice == ""
    assert state() == (true, False)

    turned(lab, "batch_size", "-5")
    turned(lab, "seed", "-1")  # another notice replaces it
    assert state() == (true, False)
    assert (seed.value, WRONG in seed._dom_classes) == ("-1", True)
    turned(lab, "seed", "2,0")
    assert (seed.value, WRONG in seed._dom_classes) == ("2", False)
    assert lab.session.base.seed == 2

    turned(lab, "patience", "soon")
    lab._hear({"kind": "dismiss"})
    assert lab.controls.widgets["patience"].value == "soon"  # its notice stands yet
    lab.player.notice = ""
    lab._hear({"kind": "dismiss"})
    assert lab.controls.widgets["patience"].value == ""


def test_a_number_that_is_typed_beside_a_slider_turns_it_or_is_refused() -> None:
    lab = Lab()
    for field, text, value in (("l1", "0,02", 0.02), ("lr", "3e-3", 0.003), ("dropout", "33,3 %", 0.333)):
        lab._hear({"kind": "typed", "lane": -1, "field": field, "text": text})
        assert getattr(lab.session.base, field) == value
        assert lab.controls.widgets[field].value == value
    lab._hear({"kind": "typed", "lane": -1, "field": "l1", "text": "-1"})
    assert "L1 strength λ: “-1” is not possible" in lab.player.notice
    assert lab.controls.widgets["l1"].value == lab.session.base.l1 == 0.02
    lab._hear({"kind": "typed", "lane": 3, "field": "l1", "text": "1"})  # of a lane whose row is not open
    lab._hear({"kind": "typed", "lane": -1, "field": "nothing", "text": "1"})
    assert "nothing" in lab.player.notice
