"""Log lines: one line of JSON with the request's id, and no secret in it."""

import json
import logging

import pytest

from core.logs import MaskingJsonFormatter, RequestIdFilter, mask, request_id

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJ1c2VyX2lkIjoiMSJ9.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    ("line", "masked"),
    [
        ("GET /api/activate/MQ/abc-123/ HTTP/1.1", "GET /api/activate/***/ HTTP/1.1"),
        ("/api/activate/MQ?token=abc", "/api/activate/***?token=***"),
        ("/api/password_confirm/MQ/abc-123", "/api/password_confirm/***"),
        ("/api/auth/passwort_confirm/MQ/abc-123/", "/api/auth/passwort_confirm/***/"),
        ("/users/confirm/?uid=MQ&token=abc", "/users/confirm/?uid=***&token=***"),
        ("/reset-password/?uid=MQ&token=abc HTTP", "/reset-password/?uid=***&token=*** HTTP"),
        ("/f.mp4?token=a:b%3Ac&quality=360p", "/f.mp4?token=***&quality=360p"),
        ("/users/email-exists/?email=a@b.c", "/users/email-exists/?email=***"),
        (f"bad token {JWT}!", "bad token ***!"),
        ("/api/video/1/720p/000.ts?b=3", "/api/video/1/720p/000.ts?b=3"),
    ],
)
def test_it_masks_what_opens_accounts_and_films(line: str, masked: str) -> None:
    assert mask(line) == masked


def formatted(message: str, *args: object) -> str:
    record = logging.LogRecord("x", logging.INFO, "f", 1, message, args, None)
    RequestIdFilter().filter(record)
    return MaskingJsonFormatter("{message}{request_id}", style="{").format(record)


def test_a_line_stays_a_line() -> None:
    line = formatted("name %s", "a\nERROR fake \x1b[31m")
    assert "\n" not in line
    assert "\x1b" not in line
    assert json.loads(line)["message"] == "name a\nERROR fake \x1b[31m"


def test_arguments_are_masked_too() -> None:
    assert JWT not in formatted("got %s", JWT)


def test_the_requests_id_is_in_the_line() -> None:
    token = request_id.set("abc")
    try:
        assert json.loads(formatted("x"))["request_id"] == "abc"
    finally:
        request_id.reset(token)
