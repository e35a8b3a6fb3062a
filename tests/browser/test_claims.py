"""Every claim of the slide as a learner meets it: open its lesson, predict, play, and read the evidence off the page.

A lesson is opened once. When its numbers are clear it is paused, and the claims that it teaches are read off it one
after the other: first those of what it starts with, then those that one of its buttons shows. `EPOCHS` is the learner's
patience from play on.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from time import monotonic

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from browser.chromium import Motion, Watch, leave
from browser.lab_page import (
    dark_share,
    labels,
    number,
    percent,
    press,
    slider,
    table,
    wait_until,
    wait_until_painted,
)
from browser.pages import open_playground, rest
from browser.servers import Server
from browser.test_lessons import (
    AT_MOST,
    EPOCHS,
    VISITS,
    answer,
    in_words,
    loss,
    one_unit_matters_without_dropout,
    open_lesson,
    rise_in_words,
    the_gap_has_opened,
    try_out,
    wait_until_said,
)

PREDICTIONS = {visit.notebook: visit.prediction for visit in VISITS}

FLOAT = r"(-?\d+\.\d+)"

PLACES = """[...document.querySelectorAll(".rv-labels span")].map(span => {
  const box = span.getBoundingClientRect();
  return [span.textContent, box.x, box.y];
})"""

TITLES = {
    "Dropout on and off",
    "Ensemble of 20 sub-networks",
    "Gradients: data + penalty = sum",
    "One penalty step, by itself",
    "Data loss + penalty = total",
}
"""Of the pictures in the second row, where those of the first one end."""

WIDE = 500
"""CSS pixels: a picture's width on a laptop's page."""


class Learner:
    """Somebody in front of a lesson, who waits for its evidence no longer than `EPOCHS`."""

    def __init__(self, page: Page, lesson: Locator) -> None:
        self.page, self.lesson = page, lesson
        self.sits_down()

    def sits_down(self) -> None:
        """Begin to wait."""
        self.started = monotonic()

    @property
    def left(self) -> float:
        """Milliseconds until a test gives up, on a machine however busy."""
        return max(1.0, 1000 * (AT_MOST - (monotonic() - self.started)))

    def until(self, *conditions: Callable[[], bool]) -> None:
        """Look again and again until all conditions hold at once. Fails with what was to be read when time is over."""
        while not all(condition() for condition in conditions):
            patient = self.left > 1 and number(self.page, "epoch") <= EPOCHS
            assert patient, f"not seen; the page says {self.says} and {labels(self.page)}"
            self.page.wait_for_timeout(100)

    def verdict(self) -> None:
        """Wait for the numbers to be clear."""
        expect(self.lesson.locator(".rv-verdict")).to_be_visible(timeout=self.left)
        assert number(self.page, "epoch") <= EPOCHS

    def tries(self, attempt: str) -> None:
        """Press one of the buttons that break the experiment, and say something to what it asks."""
        try_out(self.lesson, attempt)

    @property
    def says(self) -> str:
        """What the lesson observes."""
        return self.page.locator(".rv-observation").inner_text()

    def words(self, pattern: str) -> list[tuple[float, ...]]:
        """The numbers in the groups of `pattern`, for each label of the pictures that is wholly so."""
        found = (re.fullmatch(pattern, plain(text)) for text in labels(self.page))
        return [tuple(float(group) for group in match.groups()) for match in found if match]

    def spans(self, pattern: str) -> list[tuple[float, float]]:
        """Between what the rounded number in the group of `pattern` lies, for each label that is wholly so."""
        found = (re.fullmatch(pattern, plain(text)) for text in labels(self.page))
        texts = [match[1] for match in found if match]
        halves = [0.5 * 10 ** -len(text.partition(".")[2]) for text in texts]
        return [(float(text) - half, float(text) + half) for text, half in zip(texts, halves, strict=True)]

    def rows(self, title: str, pattern: str) -> list[float]:
        """The numbers that are wholly `pattern` in the picture with that title, line by line as they are read."""
        placed: list[tuple[str, float, float]] = self.page.evaluate(PLACES)
        left, top = next((x, y) for text, x, y in placed if text == title)
        titles = [y for text, x, y in placed if text in TITLES and abs(x - left) < 20 and y > top]
        inside = [
            (round(y / 8), x, plain(text))
            for text, x, y in placed
            if top < y < min(titles, default=np.inf) and left - 20 < x < left + WIDE
        ]
        found = [re.fullmatch(pattern, text) for _, _, text in sorted(inside)]
        return [float(match[1]) for match in found if match]


def half(value: float) -> float:
    """Half of the last digit of a number of which two significant ones are shown."""
    return 0.5 * 10.0 ** (int(f"{value:.1e}".split("e")[1]) - 1)


def plain(text: str) -> str:
    """`text` with minus signs and spaces as one types them."""
    return text.replace("\N{MINUS SIGN}", "-").replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture(scope="module")
def _learners(browser: Browser, voila: Server, motion: Motion) -> Iterator[Callable[[str], Learner]]:
    """Opens a lesson when it is asked for the first time, and plays it until its numbers are clear."""
    learners: dict[str, Learner] = {}
    watch = Watch()

    def learner_of(name: str) -> Learner:
        if name not in learners:
            context = browser.new_context(
                viewport={"width": 1440, "height": 900}, device_scale_factor=1, reduced_motion=motion
            )
            watch.over(context)
            page = context.new_page()
            learners[name] = learner = Learner(page, open_lesson(page, voila, name))
            answer(learner.lesson, PREDICTIONS[name])
            learner.verdict()
            press(page, "Pause")
            wait_until_painted(page)
            wait_until_said(page)
        return learners[name]

    yield learner_of
    for learner in learners.values():
        context = learner.page.context
        leave(learner.page)
        context.close()
    assert not watch.complaint(), watch.complaint()


@pytest.fixture
def learner(request: pytest.FixtureRequest, _learners: Callable[[str], Learner]) -> Iterator[Learner]:
    """Somebody in front of the test's lesson, whose numbers are clear and stand still."""
    found = _learners(request.param)
    found.sits_down()
    yield found
    rest(found.page)


def lesson(name: str, claim: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Mark a test as that of a claim, and put its learner in front of a lesson."""

    def mark(test: Callable[..., None]) -> Callable[..., None]:
        placed = pytest.mark.parametrize("learner", [name], indirect=True)(test)
        return pytest.mark.claim(claim)(placed)  # type: ignore[no-any-return]

    return mark


@lesson("01_overfitting", "C1")
def test_the_training_loss_falls_while_the_validation_loss_turns_up(learner: Learner) -> None:
    the_gap_has_opened(learner.page)
    train, now, *_ = rise_in_words(learner.page)
    assert train < 0.3
    ((gap,),) = learner.words(rf"gap {FLOAT}")
    assert gap == pytest.approx(now - train, abs=0.011)


@lesson("02_dropout", "C2")
def test_the_mask_shown_has_the_share_p_dropped_and_is_another_one_after_a_step(learner: Learner) -> None:
    page = learner.page
    shares = []
    for _ in range(3):
        before = number(page, "step")
        press(page, "Step")
        wait_until(page, f"Number(data.step) === {before + 1}")
        wait_until_painted(page)
        line = rf"p 0\.50\s+dropped {FLOAT} % of 1,600\s+kept units × 2\.00"
        learner.until(lambda line=line: bool(learner.words(line)))  # type: ignore[misc]
        ((said,),) = learner.words(line)
        assert dark_share(page) == pytest.approx(said / 100, abs=0.006)  # the cells themselves
        assert abs(said / 100 - 0.5) < 4 * np.sqrt(0.25 / 1600)
        shares.append(said)
    assert len(set(shares)) > 1


@lesson("02_dropout", "C4")
def test_the_loss_through_masks_is_above_the_loss_without(learner: Learner) -> None:
    page = learner.page

    def ends() -> list[float]:
        """The losses at the right ends of both curves, the upper one first; ticks have fewer digits."""
        return learner.rows("Dropout on and off", r"(\d+\.\d{2,})")

    learner.until(lambda: {"with dropout", "without"} <= set(labels(page)), lambda: len(ends()) == 2)
    on, off = ends()
    assert on > off + 0.05


@lesson("02_dropout", "C5")
def test_losing_any_one_unit_costs_less_with_dropout(learner: Learner) -> None:
    one_unit_matters_without_dropout(learner.page)

    def worst_and_mean() -> list[float]:
        """Beside the bars: of the lane without dropout, then of the other."""
        return learner.rows("Accuracy lost without one unit", r"(-?\d+\.\d+)")[:4]  # the last is p

    # The unit that is needed most. Of so many units one costs next to nothing on average, with dropout or without.
    learner.until(lambda: len(bars := worst_and_mean()) == 4 and bars[0] > bars[2])


@lesson("02_dropout", "C6")
def test_sub_networks_of_dropout_vote_and_the_full_network_stands_for_them(learner: Learner) -> None:

    def losses() -> list[float]:
        """One sub-network alone, their average, and the full network: without dropout, then with it."""
        return learner.rows("Ensemble of 20 sub-networks", r"(\d+\.\d\d)")

    def seen() -> bool:
        if len(losses()) != 6:
            return False
        alone, average, _, alone_with, average_with, full_with = losses()
        collapse = alone > np.log(10) > alone_with
        return bool(collapse and average < alone and full_with <= average_with < alone_with)

    learner.until(seen)


@lesson("02_dropout", "C3")
def test_scaled_outputs_have_the_full_network_s_mean_and_others_have_half_of_it(learner: Learner) -> None:
    page = learner.page
    learner.tries("Why divide by 1 − p?")
    learner.until(lambda: len(learner.words(r"(\d+) % of full")) == 2)
    assert {"scaled × 2.00", "not scaled"} <= set(labels(page))
    (scaled,), (masked,) = learner.words(r"(\d+) % of full")
    assert scaled == pytest.approx(100, abs=6)
    assert masked == pytest.approx(50, abs=3)


@lesson("02_dropout", "C7")
def test_a_sweep_of_p_finds_a_higher_rate_for_the_larger_network(learner: Learner) -> None:
    page = learner.page
    best = {}
    # The small one's is near 0 from the first seed on. The large one has to memorize before dropout is more than slow,
    # and in one seed the best value jumps about: that of all seeds at the end is the same on every machine.
    late, ended = r"epoch (8[4-9]|9\d|1\d\d) of 150", r"The test loss has not been looked at\."
    for size, far in (("small", late), ("large", ended)):
        learner.sits_down()
        change = number(page, "change")
        learner.tries(f"Sweep p, {size} network")
        wait_until(page, f"Number(data.change) > {change}")
        wait_until_said(page)  # nothing of the sweep before
        learner.until(lambda far=far: bool(re.search(far, learner.says)))  # type: ignore[misc]
        best[size] = in_words(page, r"lowest mean validation loss is \d\.\d\d, at p = (\d(?:\.\d+)?)\. ")[0]
    assert best["large"] >= best["small"]
    assert best["small"] <= 0.2


@lesson("04_lambda", "C8")
def test_data_loss_and_penalty_add_up_to_the_total_and_the_curve_has_the_data_loss_alone(learner: Learner) -> None:
    page = learner.page
    none, light, *_ = learner.words(rf"{FLOAT} \+ {FLOAT} = {FLOAT}")  # as many lanes as there is room for
    for lane, (data, penalty, total) in (("none 0", none), ("light 0.001", light)):
        assert data + penalty == pytest.approx(total, abs=1e-9)
        row = table(page)[lane]
        train = float(row["validation loss"]) - float(row["gap"].replace("−", "-"))
        assert data == pytest.approx(train, abs=0.011)  # the table has two digits
    assert none[1] == 0 < light[1]


@lesson("03_l1_l2", "C9")
def test_the_penalty_s_gradient_joins_the_data_s_as_the_slide_says(learner: Learner) -> None:
    page = learner.page
    for key, lane, formula in (("2", "L1 0.001", "+λ·sign(w)"), ("3", "L2 0.001", "+2λw")):
        page.keyboard.press(key)
        learner.until(lambda lane=lane: f"{lane}, layer 1 of 3" in labels(page))  # type: ignore[misc]
        wait_until_painted(page)
        assert formula in labels(page)
        data, penalty, (least, most) = learner.spans(r"norm (\d+(?:\.\d+)?)")
        (degrees,) = learner.spans(r"angle of data and penalty: (\d+)°")
        first, second, angle = np.meshgrid(*(np.linspace(*span, 21) for span in (data, penalty, degrees)))
        totals = np.abs(first + second * np.exp(1j * np.radians(angle)))  # all that may be shown as these numbers
        assert totals.min() <= most
        assert totals.max() >= least


@lesson("03_l1_l2", "C10")
def test_l2_shrinks_in_proportion_and_l1_by_a_threshold(learner: Learner) -> None:
    (eta1, lam1), (eta2, lam2) = learner.words(r"median η (\d+(?:\.\d+)?), λ (\d+\.\d+)")
    (slope,), thresholds = learner.words(r"slope (0\.\d{4,})")[0], learner.words(r"threshold (0\.\d+)")
    assert slope == pytest.approx(1 - 2 * eta2 * lam2, abs=5.1e-5 + 2 * half(eta2) * lam2)
    (threshold,) = min(thresholds)  # of one step
    assert threshold == pytest.approx(eta1 * lam1, abs=1.01 * (half(threshold) + half(eta1) * lam1))


@lesson("03_l1_l2", "C11")
def test_l1_has_many_weights_at_exactly_0_and_l2_none(learner: Learner) -> None:
    page = learner.page
    learner.until(lambda: percent(table(page)["L1 0.001"]["exactly 0"]) >= 0.5)
    rows = table(page)
    assert percent(rows["L2 0.001"]["exactly 0"]) == percent(rows["none"]["exactly 0"]) == 0
    zeros = learner.rows("Weights, every layer", r"(\d+) %")
    assert zeros[0] == zeros[2] == 0
    assert zeros[1] >= 50


@lesson("03_l1_l2", "C11b")
def test_the_slide_s_gradient_alone_makes_the_same_loss_and_no_zeros(learner: Learner) -> None:
    page = learner.page
    proximal = loss(page, "L1 0.001")
    change = number(page, "change")
    learner.tries("The gradient alone, as on the slide")  # which begins anew
    wait_until(page, f"Number(data.change) > {change} && Number(data.epoch) >= 100", learner.left / 1000)
    assert "L1: none of 4,352 weights is exactly 0." in learner.says
    learner.until(lambda: abs(loss(page, "L1 0.001") / proximal - 1) <= 0.1)


@lesson("04_lambda", "C13")
def test_four_strengths_overfit_balance_underfit_and_guess(learner: Learner) -> None:
    page = learner.page
    lanes = "none 0", "light 0.001", "strong 0.1", "very strong 1"

    def seen() -> bool:
        rows = table(page)  # of one moment
        none, light, strong, most = (float(rows[lane]["validation loss"]) for lane in lanes)
        gaps = [float(rows[lane]["gap"].replace("−", "-")) for lane in lanes]
        return (
            light < min(none, strong)
            and strong <= most * 1.02
            and gaps[0] > gaps[1] + 0.1 > gaps[2] + 0.1
            and percent(rows[lanes[3]]["validation accuracy"]) == 0.5  # the same answer everywhere
        )

    press(page, "Play")
    learner.until(seen)


@lesson("04_lambda", "C14")
def test_a_sweep_of_lambda_is_a_u_with_its_best_value_inside(learner: Learner) -> None:
    page = learner.page
    learner.tries("Sweep λ")
    pattern = rf"loss is {FLOAT}, at λ = (\d\S*)\. At λ = 0 it is {FLOAT}, at λ = 1 it is {FLOAT}\."

    def seen() -> bool:
        found = re.search(pattern, learner.says)
        if found is None:
            return False
        best, lam, weakest, strongest = map(float, found.groups())
        return 0 < lam < 1 and best < min(weakest, strongest) - 0.03

    learner.until(seen)
    assert "Loss against λ of L2" in labels(page)
    assert "Test loss" not in learner.says  # it chooses nothing


@lesson("06_batchnorm_and_order", "C15")
def test_batchnorm_keeps_every_layer_s_spread_in_range(learner: Learner) -> None:
    page = learner.page
    wild, low, high = in_words(
        page, rf"“without”: from {FLOAT[:-1]}) to {FLOAT}\. “BatchNorm”: from {FLOAT} to {FLOAT}"
    )[1:]
    assert wild > 2
    assert 0.5 <= low <= high <= 2
    assert {"Dense", "BatchNorm", "Activation", "Dropout"} <= set(labels(page))


@lesson("08_when_to_use", "C16")
def test_every_technique_is_scored_by_its_own_networks(learner: Learner) -> None:
    page = learner.page
    losses = {lane: float(row["validation loss"]) for lane, row in table(page).items()}
    assert min(losses, key=losses.__getitem__) == "L1 0.005"
    assert len(losses) == 6
    for lane, value in losses.items():
        assert lane in labels(page)
        assert any(found == pytest.approx(value, abs=0.011) for (found,) in learner.words(FLOAT))


@lesson("08_when_to_use", "C12")
def test_inputs_that_matter_survive_a_strong_l1_and_most_others_do_not(learner: Learner) -> None:
    learner.tries("λ = 0.02")

    def kept() -> tuple[float, float]:
        """Shares of the inputs that matter, and of the others."""
        found = re.search(r"to (\d+) of the 5 inputs that matter and to (\d+) of the 20", learner.says)
        return (0.0, 1.0) if found is None else (int(found[1]) / 5, int(found[2]) / 20)

    learner.until(lambda: kept()[0] > kept()[1] + 0.3)


@lesson("05_early_stopping", "C17")
def test_early_stopping_waits_its_patience_and_takes_the_best_weights_back(learner: Learner) -> None:
    page = learner.page
    stopped, best, kept, now = in_words(
        page, rf"epoch (\d+), .* epoch (\d+): validation loss {FLOAT}.* trains on has {FLOAT}"
    )
    assert stopped == best + 30
    assert now > kept
    row = table(page)["early stopping"]
    assert row["state"] == f"stopped at epoch {stopped:.0f}, weights of epoch {best:.0f} restored"
    assert float(row["validation loss"]) == kept


@lesson("07_initialization", "C18")
def test_only_starts_that_let_the_signal_through_learn(learner: Learner) -> None:
    page = learner.page
    alike = re.compile(r"zeros: .*units of a layer are identical, 1 distinct( unit)? of 128")
    learner.until(lambda: any(alike.fullmatch(text) for text in labels(page)))
    zeros, small, xavier, he = in_words(page, rf"zeros {FLOAT}, .*small {FLOAT}, .*Xavier {FLOAT}, .*He {FLOAT},")
    assert min(zeros, small) > 1.8
    assert max(xavier, he) < 1.2
    slider(page, "Look back to an epoch").fill("10")  # a signal so small grows when the machine lets it train for long
    wait_until(page, "Number(data.epoch) <= 10")
    wait_until_painted(page)
    ends = dict(
        reversed(text.split()) for text in labels(page) if re.fullmatch(r"\S+ {2}(zeros|small|Xavier|He)", text)
    )
    ends = {name: float(value.replace("−", "-")) for name, value in ends.items()}
    assert 0.5 <= ends["He"] <= 2
    assert ends["zeros"] == 0
    assert ends["small"] < 1e-3


@pytest.mark.claim("C19")
def test_the_code_that_is_shown_gives_the_numbers_that_are_seen(page: Page, voila: Server) -> None:
    open_playground(page, voila.url)
    wait_until(page, "Number(data.epoch) >= 20")
    press(page, "Pause")
    press(page, "Epoch")  # to the end of this one
    wait_until_painted(page)
    shown = table(page)
    press(page, "Take away")
    press(page, "Show code")
    code = page.locator(".rv-code pre")
    expect(code).to_contain_text("rv.fit")
    program = code.inner_text()
    found = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    lines = [line.rsplit(maxsplit=4) for line in found.stdout.splitlines()[1:]]
    assert len(lines) == len(shown) == 4
    # Both round what they say, the program to a tenth of a percent, and 87.25 may go either way.
    for (name, _, val_loss, accuracy, zeros), (lane, row) in zip(lines, shown.items(), strict=True):
        assert lane.startswith(name.strip())
        assert float(row["validation loss"]) == pytest.approx(float(val_loss), abs=0.0051)
        assert percent(row["validation accuracy"]) == pytest.approx(float(accuracy), abs=0.00101)
        assert percent(row["exactly 0"]) == pytest.approx(float(zeros.rstrip("%")) / 100, abs=0.0056)


def test_every_claim_of_the_slide_is_met_in_the_browser(request: pytest.FixtureRequest) -> None:
    marks = {
        mark.args[0]
        for name, thing in vars(request.module).items()
        if name.startswith("test_")
        for mark in getattr(thing, "pytestmark", ())
        if mark.name == "claim"
    }
    assert marks == {f"C{k}" for k in range(1, 20)} | {"C11b"}
