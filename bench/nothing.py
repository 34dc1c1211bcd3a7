"""A WSGI application that checks nothing: the least that Python costs behind nginx."""

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """`/nothing/<storage key>`: the file under that key, sent by nginx."""
    key = environ["PATH_INFO"].removeprefix("/nothing/")
    headers = {"X-Accel-Redirect": f"/protected/{key}", "Content-Length": "0"}
    start_response("200 OK", [*headers.items(), ("Content-Type", "video/MP2T")])
    return [b""]
