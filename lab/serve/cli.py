"""The `regviz` command: `app` serves the notebooks as pages, `lab` opens them in JupyterLab, `sheet` prints lessons."""

from __future__ import annotations

import argparse
import os
import secrets
import shutil
import signal
import sys
import threading
import webbrowser
from collections.abc import Sequence
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from . import printing
from .absent import GRAMMARS, without
from .doors import add_options, settings_of
from .folders import writable_folders
from .listening import EVERYWHERE, listen, outward_address, port_of
from .settings import USUAL_CAP

HERE = Path(__file__).resolve().parent
LAB = HERE.parent

# A small network is quicker on one core, and the other cores belong to the browser. Without echoes a slider's value
# is not sent back to the page that just sent it.
KERNEL_ENVIRONMENT = {
    "JUPYTER_WIDGETS_ECHO": "0",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}


INTERRUPTED = 130
"""The exit code of what Ctrl-C has cut short, as shells have it. To a server it is the usual end."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line `argv` and return the exit code."""
    options = parser().parse_args(argv)
    for name, value in KERNEL_ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"
    if problem := missing(options.serves_with, "ipywidgets", "anywidget", "matplotlib"):
        print(problem, file=sys.stderr)
        return 1
    try:
        with writable_folders():
            options.run(options)
    except KeyboardInterrupt:
        if options.cut_short:
            print(options.cut_short, file=sys.stderr)
            return INTERRUPTED
    return 0


def parser() -> argparse.ArgumentParser:
    """Return the command line."""
    top = argparse.ArgumentParser(prog="regviz", description="A visual lab of dropout, L1, L2 and early stopping.")
    top.add_argument("--version", action="version", version=f"regviz {version('regviz')}")
    commands = top.add_subparsers(required=True, metavar="app | lab | sheet")

    app = commands.add_parser("app", help="serve the notebooks as web pages (Voilà)")
    app.set_defaults(run=run_app, serves_with="voila", cut_short="")
    _add_common(app, port=8866)
    app.add_argument(
        "--max-sessions",
        type=_positive,
        default=USUAL_CAP,
        metavar="N",
        help="how many visitors may run a lab at once; each takes about 60 MB, where processes cannot be forked about "
        "110 MB (default: %(default)s)",
    )

    add_options(app)

    lab = commands.add_parser("lab", help="open the notebooks in JupyterLab")
    lab.set_defaults(run=run_lab, serves_with="jupyterlab", cut_short="")
    _add_common(lab, port=8888)

    sheet = commands.add_parser("sheet", help="write lessons as pages to print, for learners or for their teacher")
    sheet.set_defaults(run=run_sheet, serves_with="matplotlib", cut_short=printing.CUT_SHORT)
    printing.add_options(sheet)
    return top


def run_app(options: argparse.Namespace) -> None:
    """Serve the notebooks with Voilà until interrupted."""
    # Voilà finds our template through this path.
    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, [str(HERE), os.environ.get("JUPYTER_PATH")]))
    with without(GRAMMARS):
        from .server import serve

    def announce(port: int) -> None:
        scheme = "https" if settings.certificate else "http"
        _announce("regviz is at", options.host, options.port, port, settings.base_url, options.browser, scheme)

    folder = notebooks_to_serve(options.notebooks)
    sockets = listen(options.host, options.port)
    settings = settings_of(options, folder, port_of(sockets))
    serve(settings, sockets, announce)


def run_lab(options: argparse.Namespace) -> None:
    """Open the notebooks in JupyterLab until interrupted."""
    with without(GRAMMARS):
        from .lab_server import LabOn
    from traitlets.config import Config

    from .nodelay import NoDelayConnection

    folder = notebooks_to_edit(options.notebooks)
    sockets = listen(options.host, options.port)
    first = "playground.ipynb"
    token = os.environ.get("JUPYTER_TOKEN") or secrets.token_hex(16)
    default_url = f"/lab/tree/{first}" if (folder / first).exists() else "/lab"
    config = Config(
        ServerApp={
            "root_dir": str(folder),
            "ip": options.host,
            "port": port_of(sockets),
            "open_browser": False,
            "answer_yes": True,  # Ctrl-C means stop; notebooks are saved by the page.
            "log_level": "ERROR",
            "allow_root": True,
            "kernel_websocket_connection_class": NoDelayConnection,
        },
        IdentityProvider={"token": token},
        # Nothing is asked of the internet: a lecture hall may have none.
        LabApp={
            "default_url": default_url,
            "news_url": None,
            "check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
            "extension_manager": "readonly",
            "log_level": "ERROR",
        },
    )
    # What a script starts in its background is deaf to Ctrl-C, and Jupyter leaves that so; `app` hears it everywhere.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    LabOn.sockets = sockets
    server = LabOn.initialize_server(argv=[], config=config)
    server.web_app.settings["page_config_hook"] = _without_news
    path = f"{default_url}?token={token}"
    server.io_loop.add_callback(
        _announce, "regviz lab is at", options.host, options.port, server.port, path, options.browser
    )
    server.start()


def run_sheet(options: argparse.Namespace) -> None:
    """Write the sheets of some lessons."""
    printing.write(options.lessons, notebooks_to_serve(options.notebooks), options.to, answers=options.answers)


def notebooks_to_serve(given: Path | None) -> Path:
    """Return the folder of notebooks: the one given, the checkout's, or the installed package's.

    Raises SystemExit for a file, a folder that does not exist, and a folder without notebooks.
    """
    places = [given] if given else [LAB.parent / "notebooks", LAB / "notebooks"]
    try:
        if given and given.is_file():
            raise SystemExit(f"{given} is a file. Give the folder that it is in: {given.parent}")
        if given and not given.exists():
            raise SystemExit(f"There is no folder {given}.")
        for place in places:
            if any(place.glob("**/*.ipynb")):
                return place.resolve()
    except PermissionError as error:
        raise SystemExit(f"{error.filename} may not be read. Give a folder that may be.") from None
    raise SystemExit(f"There is no notebook in {places[0]}.")


def notebooks_to_edit(given: Path | None) -> Path:
    """Do as `notebooks_to_serve`, but an installed package's notebooks are first copied to the working directory.

    Raises SystemExit, with what to do, where nothing can be written.
    """
    source = notebooks_to_serve(given)
    if source != (LAB / "notebooks").resolve():
        return source
    copy = Path.cwd() / "regviz-notebooks"
    if not copy.exists():
        try:
            shutil.copytree(source, copy, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
        except OSError:
            raise SystemExit(f"The notebooks cannot be copied to {copy}. Start where you can write.") from None
        print(f"The notebooks are copied to {copy}.")
    return copy


def missing(*modules: str) -> str:
    """Return what to install if one of `modules` cannot be found, else nothing."""
    absent = [module for module in modules if find_spec(module) is None]
    return f'This needs {" and ".join(absent)}. Install with: pip install "regviz[app]"' if absent else ""


def _without_news(_handler: object, page: dict[str, Any]) -> dict[str, Any]:
    """JupyterLab's page without its question whether to fetch news, which `news_url` does not silence."""
    page["disabledExtensions"] = [*page.get("disabledExtensions", []), "@jupyterlab/apputils-extension:announcements"]
    return page


def _announce(sentence: str, host: str, asked: int, port: int, path: str, browser: bool, scheme: str = "http") -> None:
    if asked not in (0, port):
        print(f"Port {asked} is taken, so this is port {port}.")
    everywhere = host in EVERYWHERE
    local = _link("::1" if host == "::" else "127.0.0.1" if everywhere else host, port, path, scheme)
    print(f"{sentence} {local}", flush=True)
    if everywhere and (address := outward_address(host)):
        print(f"and for others at {_link(address, port, path, scheme)}", flush=True)
    elif everywhere:
        print("and for nobody else: this machine is on no network.", flush=True)
    print("Ctrl-C stops it.", flush=True)
    # Without a display, "a browser" would be a text browser that takes over this terminal.
    display = sys.platform in ("win32", "darwin") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if browser and display:
        threading.Thread(target=webbrowser.open, args=(local,), daemon=True).start()


def _link(address: str, port: int, path: str, scheme: str) -> str:
    return f"{scheme}://{f'[{address}]' if ':' in address else address}:{port}{path}"


def _add_common(command: argparse.ArgumentParser, port: int) -> None:
    command.add_argument("notebooks", nargs="?", type=Path, help="a folder of notebooks (default: regviz's own)")
    command.add_argument(
        "--port", type=_port, default=port, help=f"the port, or the next free one (default: {port}; 0: any free port)"
    )
    command.add_argument(
        "--host", default="127.0.0.1", help="the address to listen on (default: 127.0.0.1; 0.0.0.0: for everybody)"
    )
    command.add_argument("--no-browser", dest="browser", action="store_false", help="do not open a browser")


def _port(text: str) -> int:
    if not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; give a number from 0 to 65535, such as 8866")
    return int(text)


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of visitors; give 1 or more, such as {USUAL_CAP}")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
