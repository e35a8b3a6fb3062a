"""The language of a request: that of its link, else of its browser, else of the server."""

from __future__ import annotations

from markupsafe import Markup
from tornado.httputil import HTTPServerRequest

from regviz.language import asked, language

from ...look.style import words_of

STATIC = "serve/voila/templates/regviz/static/"


def of_request(request: HTTPServerRequest, query: str | None = None) -> str:
    """Return the language that a request is answered in; `query` stands for the request's own."""
    accepted = request.headers.get("Accept-Language", "")
    return asked(request.query if query is None else query, accepted, language())


def kept(query: str) -> str:
    """Return what a link to another page takes along of `query`: "?lang=de", or "" where no language is asked for."""
    found = asked(query, usual="")
    return f"?lang={found}" if found else ""


def speech(name: str) -> Markup:
    """Return the sentences of the page's script `name`, to stand before it."""
    return Markup(f"<script>{words_of(STATIC + name)}</script>")
