"""Options of `regviz app` that say how the outside world comes to it: addresses, certificates, proxies, passwords."""

from __future__ import annotations

import argparse
import os
import re
from pathlib import Path
from urllib.parse import urlsplit

from .settings import Settings


def add_options(app: argparse.ArgumentParser) -> None:
    """Add these options to the parser of `regviz app`."""
    app.add_argument(
        "--base-url",
        type=_base,
        default="/",
        metavar="PATH",
        help="the path below which a proxy shows the server, such as /stats/regviz/; whether the proxy takes it away "
        "from what it passes on does not matter (default: /)",
    )
    app.add_argument("--certfile", type=Path, metavar="FILE", help="a certificate in PEM format: the server speaks TLS")
    app.add_argument("--keyfile", type=Path, metavar="FILE", help="its key, if it is not in the same file")
    app.add_argument(
        "--behind-proxy",
        action="store_true",
        help="believe X-Forwarded-For, X-Forwarded-Proto and X-Real-Ip; only if nobody comes but through your proxy",
    )
    app.add_argument(
        "--allow-origin",
        type=_origin,
        action="append",
        default=[],
        metavar="ORIGIN",
        help="another origin whose pages may use the server, such as https://course.example.org; may be repeated",
    )
    app.add_argument(
        "--frame-ancestors",
        type=_origin,
        action="append",
        default=[],
        metavar="ORIGIN",
        help="an origin whose pages may show the lab in a frame; may be repeated, * for any",
    )
    for name, who in (("", "everybody"), ("lecturer-", "those who present a lab to others")):
        variable = f"REGVIZ_{name.upper().replace('-', '_')}PASSWORD"
        app.add_argument(
            f"--{name}password",
            metavar="WORD",
            help=f"a password for {who}; others on this machine can read it here, so better set {variable}",
        )
        app.add_argument(f"--{name}password-file", type=Path, metavar="FILE", help="a file with it in its first line")
    app.add_argument(
        "--pass-env",
        action="append",
        default=[],
        metavar="NAME",
        help="a variable of the environment that your notebooks need; kernels are told no others but the usual ones",
    )


def settings_of(options: argparse.Namespace, notebooks: Path, port: int) -> Settings:
    """Return the settings that the command line asks for. Raises SystemExit for a file that cannot be read."""
    if options.keyfile and not options.certfile:
        raise SystemExit("--keyfile needs its --certfile.")
    return Settings(
        notebooks=notebooks,
        host=options.host,
        port=port,
        cap=options.max_sessions,
        base_url=options.base_url,
        certificate=options.certfile,
        key=options.keyfile,
        origins=tuple(options.allow_origin),
        parents=tuple(options.frame_ancestors),
        behind_proxy=options.behind_proxy,
        password=_password(options.password, options.password_file, "REGVIZ_PASSWORD"),
        lecturer_password=_password(
            options.lecturer_password, options.lecturer_password_file, "REGVIZ_LECTURER_PASSWORD"
        ),
        passed=tuple(options.pass_env),
    )


def _password(given: str | None, file: Path | None, variable: str) -> str:
    """The password of an option, of a file, or of the environment, whichever is there first; "" for none."""
    if given is None and file is not None:
        try:
            given = file.read_text(encoding="utf-8").partition("\n")[0].strip()
        except (OSError, UnicodeError) as error:
            raise SystemExit(f"{file} cannot be read ({error}).") from None
        if not given:
            raise SystemExit(f"{file} holds no password in its first line.")
    if given == "":
        raise SystemExit("A password cannot be empty; leave the option out for none.")
    return os.environ.get(variable, "") if given is None else given


def _base(text: str) -> str:
    path = "/" + text.strip("/") + "/" if text.strip("/") else "/"
    if not re.fullmatch(r"/(?:[\w.~-]+/)*", path, re.ASCII) or "/../" in path or "/./" in path:
        raise argparse.ArgumentTypeError(f"{text!r} is no path; give one such as /stats/regviz/")
    return path


def _origin(text: str) -> str:
    parts = urlsplit(text)
    bare = parts.scheme in ("http", "https") and parts.netloc and text.rstrip("/") == f"{parts.scheme}://{parts.netloc}"
    if text != "*" and not (bare and re.fullmatch(r"[\w.:\[\]*-]+", parts.netloc, re.ASCII)):
        raise argparse.ArgumentTypeError(f"{text!r} is no origin; give one such as https://course.example.org, or *")
    return text.rstrip("/").lower()
