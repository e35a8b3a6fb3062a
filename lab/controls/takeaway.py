"""Taking away from the page: buttons for picture, film, history, program and experiment."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from functools import partial
from html import escape

import ipywidgets as widgets

from regviz import Config
from regviz.errors import ConfigError, FileError
from regviz.language import SOURCE, en, joined, speaking, tr

from ..compare.pace import scheduled
from ..compare.session import Session
from ..export.experiment import LARGEST_FILE, Experiment, data_beside, read
from ..export.export import comparison_program, lane_program, reached
from ..export.film import filming
from ..export.save import FRAMES, Shown, beside, content, recording
from .download import Code, Download
from .files import FileButton, TooLarge, Torn
from .requests import Act

THIS_RUN = 0
NEXT_EPOCHS = (50, 100, 300)

BREATH, IN_TRAINING = 0.001, 0.01
"""Seconds between two frames of a film in the making, for the page; and while networks train, for them too."""

RECORDED = 0.25
"""Share of the work that recording takes, when a film is of what comes next."""


class TakeAway(widgets.VBox):  # type: ignore[misc, unused-ignore]
    """What one may take away, as a widget.

    shown     what there is to take away now, asked for at every press
    session   what a film of the next epochs trains
    call      runs an act in the player's loop, from any thread (`Player.call`)
    later     runs an act in the loop after some seconds (`Player.later`)
    opened    called, in the loop, with an experiment that a person opened
    """

    def __init__(
        self,
        shown: Callable[[], Shown],
        session: Session,
        call: Callable[[Act], None],
        later: Callable[[float, Act], None],
        opened: Callable[[Experiment], None],
    ) -> None:
        self._shown, self._session, self._call, self._later, self._opened = shown, session, call, later, opened
        self._work: Generator[float, None, tuple[str, bytes]] | None = None
        self.download, self.code = Download(), Code()
        self.said = widgets.HTML().add_class("rv-take-said")
        self.buttons: dict[str, widgets.Button] = {}
        self.film_of = widgets.Dropdown(
            options=[(tr("this run so far"), THIS_RUN), *((tr("the next {n} epochs", n=n), n) for n in NEXT_EPOCHS)],
            description=tr("of"),
            tooltip=tr("What the film shows"),
        )
        self.film_kind = widgets.Dropdown(
            options=[("WebP", ".webp"), ("GIF", ".gif"), ("MP4", ".mp4")],
            description=tr("as"),
            tooltip=tr("Kind of file; an MP4 needs ffmpeg"),
        )
        self.progress = widgets.FloatProgress(min=0, max=1)
        self.progress.layout.display = "none"
        self.upload = FileButton(
            self._uploaded,
            accept=".json",
            tooltip=tr("Open an experiment that was taken away"),
            largest=4 * LARGEST_FILE,
        )
        files = {
            en("Picture"): [
                ("PNG", ".png", en("for slides")),
                ("SVG", ".svg", en("to scale and edit")),
                ("PDF", ".pdf", en("to print")),
            ],
            en("Data"): [("CSV", ".csv", en("the history of every lane"))],
            en("Program"): [(en("Python file"), ".py", en("the whole comparison, to run again"))],
            en("Experiment"): [("JSON", ".json", en("the whole comparison in a file, to open again"))],
        }
        rows = {name: [self._button(*kind) for kind in kinds] for name, kinds in files.items()}
        self.film = self._pressed(
            widgets.Button(description=tr("Make film"), tooltip=tr("Made while training goes on")), self._film
        )
        code = widgets.Button(description=tr("Show code"), tooltip=tr("regviz and PyTorch"))
        show = self._pressed(code, self._show_code)
        self.buttons |= {"film": self.film, "code": show}
        rows["Program"].insert(0, show)
        rows["Experiment"].append(self.upload)
        film = {en("Film"): [self.film_of, self.film_kind, self.film, self.progress]}
        lines = {"Picture": rows.pop("Picture"), **film, **rows}
        boxes = [self._row(name, parts) for name, parts in lines.items()]
        super().__init__([*boxes, self.said, self.code, self.download])
        self.add_class("rv-take")

    # -- what a person presses; everything runs in the player's loop

    def _give(self, suffix: str) -> None:
        shown = self._shown()
        self._hand_over(f"{shown.stem()}{suffix}", content(shown, suffix))
        for name, data in beside(shown, suffix).items():
            self._hand_over(name, data)
        if suffix == ".json" and (large := data_beside(shown.experiment)):
            said = tr(
                "The file has all but the rows of {tables}, which are too many: keep the table.", tables=joined(large)
            )
            self._say(said)

    def _show_code(self) -> None:
        shown = self._shown()
        programs = [
            {"name": tr("all lanes"), "codes": [["regviz", comparison_program(shown.snapshot, shown.view.lanes)]]}
        ]
        configs = reached(shown.snapshot)
        for lane, config in zip(shown.view.lanes, configs, strict=True):
            codes = []
            for library, target in (("regviz", "regviz"), ("PyTorch", "torch")):
                try:
                    codes.append([library, lane_program(config, target)])
                except ConfigError as error:  # PyTorch cannot do all that regviz does
                    with speaking(SOURCE):  # programs are English
                        codes.append([library, f"# {error}\n"])
            programs.append({"name": lane.name, "codes": codes})
        self.code.programs = programs
        self._say(_how_far(shown.snapshot.epoch, configs))

    def _film(self) -> None:
        if self._work is not None:
            self._end_film(tr("The film was given up."))
            return
        self._work = self._filming(int(self.film_of.value), str(self.film_kind.value))
        self.film.description = tr("Cancel")
        self.progress.value, self.progress.layout.display = 0.0, ""
        self._say(tr("The film is being made…"))
        self._next_frame()

    def _filming(self, epochs: int, suffix: str) -> Generator[float, None, tuple[str, bytes]]:
        """Record if need be, then paint: yields the share done, returns the file's name and content."""
        shown, start = self._shown(), 0.0
        if epochs:
            tape, trainer, start = [], self._session.trainer, RECORDED
            for shot in recording(self._session, epochs):
                tape.append(shot)
                yield start * min(1.0, len(tape) / FRAMES)
                if self._session.trainer is not trainer:
                    raise ValueError(tr("the networks have started anew, so the film was given up"))
            shown = self._shown()
            run = tape
        else:
            run = list(shown.run)
        painting = filming(run, shown.view.of_a_run, kind=suffix[1:])
        try:
            while True:
                yield start + (1 - start) * next(painting)
        except StopIteration as done:
            return f"{shown.stem()}{suffix}", done.value
        finally:
            painting.close()

    def _next_frame(self) -> None:
        """Make one more frame, and come back for the next."""
        if self._work is None:  # given up meanwhile
            return
        try:
            self.progress.value = next(self._work)
        except StopIteration as done:
            self._end_film("")
            self._hand_over(*done.value)
        except ValueError as error:
            self._end_film(_sentence(str(error)))
        else:
            self._later(IN_TRAINING if self._session.training else BREATH, self._next_frame)

    def end(self) -> None:
        """Give a film in the making up, with the process and the files that an MP4 has."""
        if self._work is not None:
            self._work.close()
        self._work = None

    def _end_film(self, said: str) -> None:
        self.end()
        self.film.description, self.progress.layout.display = tr("Make film"), "none"
        self._say(said)

    def _uploaded(self, name: str, data: bytes) -> None:
        self._call(partial(self._do, partial(self._open, name, data)))

    def _open(self, name: str, data: bytes) -> None:
        if isinstance(data, Torn):
            raise ValueError(data.sentence(name))
        if isinstance(data, TooLarge):
            given, allowed = tr("{n} bytes", n=f"{data.size:,}"), tr("it is too large for an experiment")
            raise FileError("file", given, allowed, tr("a file saved here"))
        experiment = read(data.decode("utf-8-sig", errors="replace"))
        self._opened(experiment)
        self._say(" ".join([tr("The experiment is open."), *experiment.notes]))

    # -- parts

    def _hand_over(self, name: str, data: bytes) -> None:
        self.download.hand_over(name, data)
        size = f"{len(data) / 1e6:.1f} MB" if len(data) >= 1e6 else f"{max(1, round(len(data) / 1e3))} kB"
        self._say(tr("{name} ({size}) is with your downloads.", name=name, size=size))

    def _say(self, text: str) -> None:
        self.said.value = f'<p role="status">{escape(text)}</p>' if text else ""

    def _do(self, act: Act) -> None:
        """Do what was asked; what cannot be done is said below the buttons."""
        try:
            act()
        except ValueError as error:  # all that regviz raises are
            self._say(_sentence(str(error)))

    def _button(self, label: str, suffix: str, help: str) -> widgets.Button:
        button = widgets.Button(description=tr(label), tooltip=f"{tr(label)}: {tr(help)}")
        self.buttons[suffix] = button
        return self._pressed(button, partial(self._give, suffix))

    def _pressed(self, button: widgets.Button, act: Act) -> widgets.Button:
        button.on_click(lambda _: self._call(partial(self._do, act)))
        return button

    def _row(self, name: str, parts: list[widgets.Widget]) -> widgets.Widget:
        label = widgets.HTML(escape(tr(name))).add_class("rv-take-name")
        return widgets.HBox([label, *parts]).add_class("rv-take-row")


def _how_far(epoch: int, configs: Sequence[Config]) -> str:
    """How far the programs of some networks train, which the lab has trained until `epoch`."""
    ends = sorted({config.epochs for config in configs if scheduled(config)})
    said = {"epoch": epoch, "end": joined([*map(str, ends)])}
    if not ends:
        return tr("The programs train as far as the lab stands, epoch {epoch}, with the knobs as they are now.", **said)
    if all(map(scheduled, configs)):
        every = en(
            "The programs train to the end of the learning rate's schedule, epoch {end}, with the knobs as they are "
            "now; the lab stands at epoch {epoch}."
        )
        return tr(every, **said)
    some = en(
        "The programs train as far as the lab stands, epoch {epoch}, or, where there is one, to the end of the "
        "learning rate's schedule, epoch {end}, with the knobs as they are now."
    )
    return tr(some, **said)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"
