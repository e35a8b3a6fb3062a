"""How the outside world comes to a server: base addresses, passwords, origins, TLS."""

from __future__ import annotations

import argparse
import base64
import http.client
import os
import subprocess
import sys
import urllib.error
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import websocket
from tornado.web import create_signed_value

from browser.servers import NOTEBOOKS, ROOT, Server
from regviz.lab.serve.access import passwords
from regviz.lab.serve.access import tries as serve_tries
from regviz.lab.serve.access.tries import Tries, network
from regviz.lab.serve.cli import parser
from regviz.lab.serve.doors import settings_of
from regviz.lab.serve.settings import Settings
from visitor import Visitor


class StillClock:
    """Seconds that pass when a test says so."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


BASE = "/stats/regviz"

OPTIONS = [
    *("--base-url", "stats/regviz", "--behind-proxy"),
    *("--allow-origin", "https://course.example.org", "--frame-ancestors", "https://course.example.org"),
    *("--password", "everybody's", "--lecturer-password", "the lecturer's"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`regviz app` below a path, with passwords."""
    with Server("app", NOTEBOOKS, tmp_path_factory.mktemp("doors"), OPTIONS) as server:
        yield server


def log_in(visitor: Visitor, password: str, wanted: str = "") -> tuple[int, str]:
    visitor.get("/login")
    (xsrf,) = [cookie.value for cookie in visitor.jar if cookie.name == "_xsrf"]
    form = urllib.parse.urlencode({"_xsrf": xsrf, "password": password, "next": wanted})
    return visitor.get("/login", "POST", form.encode())


def test_the_link_that_is_printed_has_the_base_address(server: Server) -> None:
    assert server.url.endswith(f"{BASE}/")


@pytest.mark.slow
def test_with_or_without_the_prefix_the_same_pages_are_there_for_a_proxy(server: Server) -> None:
    root = server.url.removesuffix(f"{BASE}/")
    known = Visitor(root + BASE)
    assert log_in(known, "everybody's", f"{BASE}/")[0] == 200
    for start in (root, root + BASE):
        with Visitor(start) as visitor:
            visitor.always["Cookie"] = "; ".join(f"{cookie.name}={cookie.value}" for cookie in known.jar)
            status, text = visitor.get("/")
            assert status == 200
            assert f'href="{BASE}/voila/render/playground.ipynb"' in text
            visitor.open(query="play=0")
            assert f'"baseUrl": "{BASE}/"' in visitor.text
            script = visitor.text.split('<script src="')[-1].split('"')[0]
            assert script.startswith(f"{BASE}/voila/static/v-")
            assert visitor.get(script.removeprefix(BASE))[0] == 200
            visitor.connect().show("?play=0")


def test_nobody_comes_in_without_the_password(server: Server) -> None:
    stranger = Visitor(server.url)
    for path in ("/", "/voila/render/playground.ipynb", "/voila/render/none.ipynb"):
        _, text = stranger.get(path)
        assert "This lab has a password" in text, path
        assert "kernelId" not in text
    assert stranger.get("/voila/files/x.png")[0] == 404
    assert stranger.get("/metrics")[0] == 401
    assert stranger.get("/healthz")[0] == 200
    kernel = "00000000-0000-0000-0000-000000000000"
    assert stranger.get(f"/api/kernels/{kernel}")[0] == 403
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        stranger.connect(kernel=kernel)
    assert refused.value.status_code == 403
    assert server.kernels() == []


def test_strangers_are_asked_in_their_language_or_in_that_of_the_link(server: Server) -> None:
    stranger = Visitor(server.url)
    _, text = stranger.get("/", Accept_Language="es-MX,es;q=0.9")
    assert "Este laboratorio tiene contraseña" in text
    assert '<html lang="es">' in text
    assert (stranger.headers["Content-Language"], stranger.headers["Vary"]) == ("es", "Accept-Language")
    _, text = stranger.get("/?lang=de", Accept_Language="es")
    assert "Dieses Labor hat ein Passwort" in text
    assert f'<header><a href="{BASE}/?lang=de">regviz</a></header>' in text
    assert "Das ist nicht das Passwort." in log_in(stranger, "wrong", f"{BASE}/?lang=de")[1]
    status, text = log_in(stranger, "everybody's", f"{BASE}/?lang=de")
    assert status == 200
    assert "Netzen beim Lernen zusehen" in text
    assert f'href="{BASE}/voila/render/playground.ipynb?lang=de"' in text
    assert f'href="{BASE}/follow?lang=de"' in text
    assert '"Verdict seen": "Ergebnis gesehen"' in text  # what its script says
    status, text = stranger.get("/nothing", Accept_Language="de")
    assert (status, "Unter dieser Adresse gibt es nichts" in text) == (404, True)


def test_a_wrong_password_is_said_and_opens_nothing(server: Server) -> None:
    stranger = Visitor(server.url)
    status, text = log_in(stranger, "wrong", f"{BASE}/")
    assert status == 403
    assert "That is not the password." in text
    assert "A wrong password came from 127.0.0.1." in server.log
    word = base64.b64encode(b"prometheus:guess").decode()
    assert stranger.get("/metrics", Authorization=f"Basic {word}")[0] == 401
    assert "This lab has a password" in stranger.get("/")[1]
    assert Visitor(server.url).get("/login", "POST", b"password=everybody's")[0] == 403  # no xsrf word


def test_a_browser_that_keeps_no_cookies_is_told_so(server: Server) -> None:
    status, text = Visitor(server.url).get("/login?lang=de", "POST", b"password=everybody%27s")
    assert status == 403
    assert "Dieser Browser behält keine Cookies" in text
    assert 'name="password"' in text


@pytest.mark.parametrize(
    "wanted", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:x", "\t//x"]
)
def test_a_login_link_leads_nowhere_but_to_this_server(server: Server, wanted: str) -> None:
    with Visitor(server.url) as visitor:
        log_in(visitor, "everybody's", wanted)
        assert visitor.get("/")[0] == 200
        assert "evil" not in str(visitor.headers.get("Location", ""))


def test_programs_read_figures_with_the_password(server: Server) -> None:
    word = base64.b64encode(b"prometheus:everybody's").decode()
    status, text = Visitor(server.url).get("/metrics", Authorization=f"Basic {word}")
    assert status == 200
    assert "regviz_sessions" in text


def test_other_origins_may_connect_and_frame_only_if_they_are_named(server: Server) -> None:
    with Visitor(server.url) as visitor:
        log_in(visitor, "everybody's")
        visitor.open(query="play=0")
        policy = visitor.headers["Content-Security-Policy"]
        assert policy == "frame-ancestors 'self' https://course.example.org"
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in visitor.jar)
        address = f"{visitor.url.replace('http', 'ws')}/api/kernels/{visitor.kernel}/channels?session_id=x"
        line = websocket.create_connection(address, cookie=cookies, origin="https://course.example.org")
        line.close()
        for origin in ("https://evil.example", "https://course.example.org.evil.example", "null"):
            with pytest.raises(websocket.WebSocketBadStatusException) as refused:
                websocket.create_connection(address, cookie=cookies, origin=origin)
            assert refused.value.status_code == 403


def test_whoever_guesses_passwords_is_not_heard_any_more_and_who_has_given_one_is(server: Server) -> None:
    known, stranger, neighbour = (Visitor(server.url) for _ in range(3))
    for visitor in (known, stranger):
        visitor.always["X-Real-Ip"] = "192.0.2.9"
    assert log_in(known, "the lecturer's", f"{BASE}/")[0] == 200
    word = base64.b64encode(b"x:guess").decode()
    seen = [stranger.get("/metrics", Authorization=f"Basic {word}")[0] for _ in range(int(passwords.GUESSES[0]) + 5)]
    assert seen[0] == 401
    assert seen[-1] == 429
    right = base64.b64encode(b"x:everybody's").decode()
    assert stranger.get("/metrics", Authorization=f"Basic {right}")[0] == 429
    status, text = stranger.get("/", Authorization=f"Basic {right}", Accept_Language="de")
    assert status == 429
    assert "Zu viele falsche Passwörter kamen aus Ihrem Netz." in text
    status, text = log_in(stranger, "everybody's")
    assert status == 429
    assert "Too many wrong passwords came from your network." in text
    assert log_in(neighbour, "everybody's", f"{BASE}/")[0] == 200
    assert known.get("/")[0] == known.get("/metrics")[0] == 200
    assert "Traceback" not in server.log


# -- without a server


def few_tries(clock: StillClock) -> Tries:
    return Tries(3, 0.1, 6, 1.0, clock)


def test_wrong_words_of_one_address_are_counted_and_right_ones_cost_nothing() -> None:
    clock = StillClock()
    mine = few_tries(clock)
    assert all(mine.allowed("192.0.2.1") for _ in range(500))
    for _ in range(3):
        assert mine.allowed("192.0.2.1")
        mine.wrong("192.0.2.1")
    assert not mine.allowed("192.0.2.1")
    assert mine.allowed("192.0.2.2")
    clock.now += 10
    assert mine.allowed("192.0.2.1")


def test_many_addresses_that_guess_shut_out_themselves_and_nobody_who_comes_with_the_right_word(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(serve_tries, "MOST_KNOWN", 50)
    clock = StillClock()
    mine = few_tries(clock)
    for host in range(6):
        mine.wrong(f"192.0.2.{host}")
    assert not mine.allowed("192.0.2.1")  # it has two left, and all together have none
    assert mine.allowed("198.51.100.1")
    for host in range(50):
        mine.wrong(f"203.0.113.{host}")
    assert len(mine._known) == 50
    assert not mine.allowed("198.51.100.1")  # too many to know them all
    clock.now += serve_tries.MEMORY + 1
    assert mine.allowed("192.0.2.1")


def test_a_network_of_version_6_is_one_address() -> None:
    assert network("2001:db8::1") == network("2001:db8::ffff:2") != network("2001:db8:0:1::1")
    assert network("::ffff:192.0.2.1") == network("192.0.2.1") == "192.0.2.1"
    assert network("fe80::1%eth0") == network("fe80::2")
    assert network("") == ""


def handler(settings: Settings, cookie: bytes | None = None, authorization: str = "") -> Any:
    headers = {"Authorization": authorization}
    return SimpleNamespace(
        settings={"regviz": settings},
        request=SimpleNamespace(headers=headers, remote_ip="127.0.0.1"),
        get_signed_cookie=lambda *_, **__: cookie,
    )


@pytest.mark.parametrize(
    ("password", "lecturer", "cookie", "enters", "presents"),
    [
        ("", "", None, True, True),
        ("a", "", None, False, False),
        ("a", "", b"guest", True, True),
        ("", "b", None, True, False),
        ("", "b", b"guest", True, False),
        ("", "b", b"lecturer", True, True),
        ("a", "b", b"guest", True, False),
        ("a", "b", b"lecturer", True, True),
        ("a", "b", b"something", False, False),
    ],
)
def test_who_may_enter_and_who_may_present(
    password: str, lecturer: str, cookie: bytes | None, enters: bool, presents: bool
) -> None:
    given = handler(Settings(Path(), password=password, lecturer_password=lecturer), cookie)
    assert (passwords.may_enter(given), passwords.may_present(given)) == (enters, presents)


def test_a_key_outlives_a_restart_and_ends_with_its_password() -> None:
    one, same = (passwords.key(Settings(Path(), password="a")) for _ in range(2))
    other = passwords.key(Settings(Path(), password="b"))
    assert one is not None
    assert one == same != other
    assert passwords.key(Settings(Path())) is None
    assert create_signed_value(one, "x", "y")


@pytest.mark.parametrize(
    "word", ["Basic", "Basic !", "Basic " + base64.b64encode(b"\xff").decode(), "Bearer x", "basic Og=="]
)
def test_an_odd_authorization_is_no_password(word: str) -> None:
    assert passwords.role(handler(Settings(Path(), password="a"), None, word)) == ""


def options(*words: str) -> argparse.Namespace:
    return parser().parse_args(["app", *words])


def test_passwords_come_from_files_and_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "password"
    file.write_text(" from the file \nsecond line\n")
    monkeypatch.setenv("REGVIZ_PASSWORD", "from outside")
    settings = settings_of(options("--lecturer-password-file", str(file)), tmp_path, 1)
    assert (settings.password, settings.lecturer_password) == ("from outside", "from the file")
    assert "from outside" not in repr(settings)
    assert "from the file" not in repr(settings)
    assert settings_of(options("--password", "given"), tmp_path, 1).password == "given"
    for words in (("--password", ""), ("--password-file", str(tmp_path / "none"))):
        with pytest.raises(SystemExit, match=r"empty|cannot be read"):
            settings_of(options(*words), tmp_path, 1)


SECRET = "pass wörd"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
def test_a_password_file_is_read_however_an_editor_has_written_it(encoding: str, tmp_path: Path) -> None:
    file = tmp_path / "password"
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    file.write_bytes(mark + f"{SECRET}\r\nmore\r\n".encode(encoding))
    assert settings_of(options("--password-file", str(file)), tmp_path, 1).password == SECRET


@pytest.mark.parametrize("word", ["caf\udce9", "s\0e\0c"])
def test_a_password_that_nobody_can_type_is_refused_by_its_place_and_not_told(
    word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SystemExit, match="on the command line holds signs that nobody can type") as refused:
        settings_of(options("--password", word), tmp_path, 1)
    assert word not in str(refused.value)
    file = tmp_path / "password"
    file.write_bytes("secret".encode("utf-16-le"))
    with pytest.raises(SystemExit, match=r"password holds signs that nobody can type.*as UTF-8"):
        settings_of(options("--lecturer-password-file", str(file)), tmp_path, 1)
    monkeypatch.setattr(os, "environ", {"REGVIZ_PASSWORD": word})
    with pytest.raises(SystemExit, match="REGVIZ_PASSWORD holds signs"):
        settings_of(options(), tmp_path, 1)


def test_a_password_and_a_file_with_one_are_not_both_taken(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        options("--password", "a", "--password-file", "b")
    assert "not allowed with" in capsys.readouterr().err
    assert options("--password", "a", "--lecturer-password-file", "b").password == "a"


@pytest.mark.parametrize(("given", "said"), [("FOO=1", "such as FOO,"), ("", "such as COURSE_DATA,"), ("=", "such as")])
def test_what_is_no_variable_is_not_passed_on(given: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        options("--pass-env", given)
    assert said in capsys.readouterr().err


def test_a_variable_that_is_not_set_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert settings_of(options("--pass-env", "REGVIZ_NOWHERE"), tmp_path, 1).passed == ("REGVIZ_NOWHERE",)
    assert "--pass-env REGVIZ_NOWHERE: the environment has no variable of that name." in capsys.readouterr().err


def test_an_origin_is_what_browsers_say_and_a_parent_what_they_are_told() -> None:
    for given in ("https://Course.example.org", "https://course.example.org/", "https://course.example.org:443"):
        assert options("--allow-origin", given).allow_origin == ["https://course.example.org"]
    for given in ("*", "http://[::1]:8000", "http://a-b.example:8000", "https://a.example:80"):
        assert options("--allow-origin", given).allow_origin == [given]
        assert options("--frame-ancestors", given).frame_ancestors == [given]
    for given in ("https://*.example.org", "http://localhost:*"):
        assert options("--frame-ancestors", given).frame_ancestors == [given]


@pytest.mark.parametrize(
    "words",
    [
        ("--base-url", "http://x/"),
        ("--base-url", "/a/../b"),
        ("--allow-origin", "course.example.org"),
        ("--allow-origin", "https://*.example.org"),
        ("--allow-origin", "https://a.b:*"),
        ("--allow-origin", "https://a.b:port"),
        ("--frame-ancestors", "https://a.b/c"),
        ("--frame-ancestors", "https://a.*.org"),
        ("--frame-ancestors", "https://a*.b.org"),
        ("--frame-ancestors", "https://a; script-src *"),
    ],
)
def test_an_odd_address_is_refused_with_an_example(words: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        options(*words)
    assert "give one such as" in capsys.readouterr().err


def test_a_base_address_is_understood_however_it_is_written() -> None:
    for text in ("a/b", "/a/b", "a/b/", "/a/b/"):
        assert options("--base-url", text).base_url == "/a/b/"
    assert options("--base-url", "/").base_url == options().base_url == "/"


@pytest.mark.slow
def test_with_a_certificate_pages_cookies_and_websockets_are_secure_and_nothing_else_is_spoken(tmp_path: Path) -> None:
    pem = str(ROOT / "tests" / "files" / "localhost.pem")
    with Server("app", NOTEBOOKS, tmp_path, ["--certfile", pem]) as server:
        assert server.url.startswith("https://")
        with Visitor(server.url, pem) as visitor:
            assert visitor.get("/")[0] == 200
            visitor.open(query="play=0").connect().show("?play=0")
            assert all(cookie.secure for cookie in visitor.jar if cookie.name != "_xsrf")
            assert visitor.get("/follow/BBBBBB")[0] == 404
        with pytest.raises(urllib.error.URLError, match="certificate verify failed"):
            Visitor(server.url).get("/")
        with pytest.raises((urllib.error.URLError, ConnectionError, http.client.HTTPException)):
            Visitor(server.url.replace("https", "http")).get("/")
    assert "Traceback" not in server.log


@pytest.mark.slow
def test_a_certificate_that_is_none_is_said_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "c.pem").write_text("no certificate")
    done = subprocess.run(
        [sys.executable, "-m", "regviz.lab.serve.cli", "app", "--port", "0", "--certfile", str(tmp_path / "c.pem")],
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert done.returncode == 1
    assert "this is no certificate with its key" in done.stderr
    assert "Traceback" not in done.stderr
