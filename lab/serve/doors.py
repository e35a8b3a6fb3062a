"""Options of `regviz app` that say how the outside world comes to it: addresses, certificates, proxies, passwords."""

from __future__ import annotations

import argparse
import codecs
import os
import re
import sys
import unicodedata
from pathlib import Path

from .settings import Settings

ORIGIN = re.compile(r"(https?)://(\[[\da-f:.]+\]|[\w.-]+)(:\d{1,5})?/?", re.ASCII | re.IGNORECASE)
"""Scheme, host and port of an origin."""

PARENT = re.compile(r"https?://(\[[\da-f:.]+\]|(\*\.)?[\w.-]+)(:\d{1,5}|:\*)?/?", re.ASCII | re.IGNORECASE)
"""What a browser takes for the parents of a frame: also all hosts below one, and all ports."""

USUAL_PORTS = {"http": ":80", "https": ":443"}
"""Browsers leave them out when they name an origin."""


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
        type=_parent,
        action="append",
        default=[],
        metavar="ORIGIN",
        help="an origin whose pages may show the lab in a frame; may be repeated, * for any",
    )
    for name, who in (("", "everybody"), ("lecturer-", "those who present a lab to others")):
        variable = f"REGVIZ_{name.upper().replace('-', '_')}PASSWORD"
        one = app.add_mutually_exclusive_group()
        one.add_argument(
            f"--{name}password",
            metavar="WORD",
            help=f"a password for {who}; others on this machine can read it here, so better set {variable}",
        )
        one.add_argument(f"--{name}password-file", type=Path, metavar="FILE", help="a file with it in its first line")
    app.add_argument(
        "--pass-env",
        type=_variable,
        action="append",
        default=[],
        metavar="NAME",
        help="a variable of the environment that your notebooks need; kernels are told no others but the usual ones",
    )


def settings_of(options: argparse.Namespace, notebooks: Path, port: int) -> Settings:
    """Return the settings that the command line asks for. Raises SystemExit for a file that cannot be read."""
    if options.keyfile and not options.certfile:
        raise SystemExit("--keyfile needs its --certfile.")
    for name in options.pass_env:
        if name not in os.environ:
            print(f"--pass-env {name}: the environment has no variable of that name.", file=sys.stderr)
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
    place = "The password on the command line" if file is None else str(file)
    if given is None and file is not None:
        try:
            content = file.read_bytes()  # that begins with a mark, as some editors write it
            wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
            given = content.decode("utf-16" if wide else "utf-8-sig").partition("\n")[0].strip()
        except (OSError, UnicodeError) as error:
            raise SystemExit(f"{file} cannot be read ({error}).") from None
        if not given:
            raise SystemExit(f"{file} holds no password in its first line.")
    if given == "":
        raise SystemExit("A password cannot be empty; leave the option out for none.")
    if given is None:
        place, given = variable, os.environ.get(variable, "")
    if any(unicodedata.category(sign) in ("Cc", "Cs") for sign in given):  # bytes of another encoding among them
        raise SystemExit(f"{place} holds signs that nobody can type. Write the password into a file, as UTF-8.")
    return given


def _variable(text: str) -> str:
    if not text or "=" in text or "\0" in text:
        wanted = f"give its name alone, such as {text.partition('=')[0] or 'COURSE_DATA'}, and set it outside"
        raise argparse.ArgumentTypeError(f"{text!r} is no name of a variable; {wanted}")
    return text


def _base(text: str) -> str:
    path = "/" + text.strip("/") + "/" if text.strip("/") else "/"
    if not re.fullmatch(r"/(?:[\w.~-]+/)*", path, re.ASCII) or "/../" in path or "/./" in path:
        raise argparse.ArgumentTypeError(f"{text!r} is no path; give one such as /stats/regviz/")
    return path


def _origin(text: str) -> str:
    if text == "*":
        return text
    found = ORIGIN.fullmatch(text)
    if found is None:
        each = "; each is named by itself, * is for any" if "*" in text else ", or *"
        raise argparse.ArgumentTypeError(f"{text!r} is no origin; give one such as https://course.example.org{each}")
    scheme, host, port = found[1].lower(), found[2].lower(), found[3] or ""
    return f"{scheme}://{host}{'' if port == USUAL_PORTS[scheme] else port}"


def _parent(text: str) -> str:
    if text != "*" and not PARENT.fullmatch(text):
        ways = "https://course.example.org or https://*.example.org, or *"
        raise argparse.ArgumentTypeError(f"{text!r} is no origin; give one such as {ways}")
    return text.rstrip("/").lower()
