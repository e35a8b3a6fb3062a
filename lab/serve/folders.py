"""Temporary folders for Jupyter, IPython and Matplotlib where their usual ones cannot be written."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

# What is already in a folder that cannot be written (kernels, settings) is still read, through these.
SEARCHED = {"JUPYTER_CONFIG_DIR": "JUPYTER_CONFIG_PATH", "JUPYTER_DATA_DIR": "JUPYTER_PATH"}


@contextmanager
def writable_folders() -> Iterator[None]:
    """Point the environment to temporary folders in place of those that cannot be written, and say so in one line.

    Servers and kernels that start meanwhile inherit the environment. On leaving, it is as before, and the folders are
    gone. Raises SystemExit if there is no temporary folder either.
    """
    refused = {name: place for name, place in usual_folders().items() if not can_write(place)}
    if not refused:
        yield
        return
    try:
        temporary = TemporaryDirectory(prefix="regviz-", ignore_cleanup_errors=True)
    except OSError as error:
        raise SystemExit(f"Neither the home folder nor a temporary one can be written: {error}") from None
    before = dict(os.environ)
    with temporary as folder:
        for name, place in refused.items():
            replacement = Path(folder, name.lower())
            replacement.mkdir(mode=0o700)
            os.environ[name] = str(replacement)
            if name in SEARCHED and place.is_dir():
                path = SEARCHED[name]
                os.environ[path] = os.pathsep.join(filter(None, [os.environ.get(path), str(place)]))
        where = "the home folder" if "HOME" in refused else os.path.commonpath(refused.values())
        print(f"Nothing can be written to {where}: until this ends, settings and caches are in {folder}", flush=True)
        try:
            yield
        finally:
            for name in [*refused, *SEARCHED.values()]:
                os.environ.pop(name, None)
                if name in before:
                    os.environ[name] = before[name]


def usual_folders() -> dict[str, Path]:
    """Return where Jupyter, IPython, Matplotlib and fontconfig write, by the environment variable that names the
    place.
    """
    home = Path("~").expanduser() if os.path.expanduser("~") != "~" else None
    if home is None:  # A user without an entry in the list of users, as in some containers.
        nowhere = Path(os.devnull)
        names = ("HOME", *SEARCHED, "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "XDG_CACHE_HOME", "MPLCONFIGDIR")
        return dict.fromkeys(names, nowhere)
    from jupyter_core.paths import jupyter_config_dir, jupyter_data_dir, jupyter_runtime_dir

    settings = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    matplotlib = settings / "matplotlib" if sys.platform.startswith("linux") else home / ".matplotlib"
    return {
        "JUPYTER_CONFIG_DIR": Path(jupyter_config_dir()),
        "JUPYTER_DATA_DIR": Path(jupyter_data_dir()),
        "JUPYTER_RUNTIME_DIR": Path(jupyter_runtime_dir()),
        "IPYTHONDIR": Path(os.environ.get("IPYTHONDIR") or home / ".ipython"),
        "XDG_CACHE_HOME": Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache"),
        "MPLCONFIGDIR": Path(os.environ.get("MPLCONFIGDIR") or matplotlib),
    }


def can_write(folder: Path) -> bool:
    """Return whether `folder` is one that can be written, or can be made."""
    nearest = next(place for place in (folder, *folder.absolute().parents) if os.path.lexists(place))
    return nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)
