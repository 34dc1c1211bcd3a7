"""Log lines: one line of JSON with the request's id, and no secret in it."""

import json
import logging
import time

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
        ("/f.mp4?X-Amz-Signature=abc&b=3", "/f.mp4?X-Amz-Signature=***&b=3"),
        ("/api/activ%61te/MQ/abc-123/ HTTP", "/api/activ%61te/***/ HTTP"),
        ("/api%2Factivate%2fMQ%2Fabc-123", "/api%2Factivate%2f***"),
        ("/api/activ%252561te/MQ/abc-123/", "/api/activ%252561te/***/"),
        ("/users/confirm/?uid=MQ&%74o%6Ben=abc&b=3", "/users/confirm/?uid=***&%74o%6Ben=***&b=3"),
        ("/users/confirm/?a=1&%74o%6ben=abc", "/users/confirm/?a=1&%74o%6ben=***"),
        ("/f.mp4?X-%41mz-%53ignature=abc&b=3", "/f.mp4?X-%41mz-%53ignature=***&b=3"),
        ("/login/?next=%2Fr%3Fb%3D1%26token%3Dabc", "/login/?next=%2Fr%3Fb%3D1%26token%3D***"),
        ("/login/?next=%252Fr%253Ftoken%253Dabc&b", "/login/?next=%252Fr%253Ftoken%253D***&b"),
        ("/?a=%0A%22%7B&tokens=1", "/?a=%0A%22%7B&tokens=1"),
        ("/api/video/1/720p/000.ts?b=3", "/api/video/1/720p/000.ts?b=3"),
    ],
)
def test_masks_secrets(line: str, masked: str) -> None:
    assert mask(line) == masked


@pytest.mark.parametrize("piece", ["%25", "/%25", "?%2525", "%3FX-Amz-", "?X-Amz-", "/activate"])
def test_masks_long_addresses_fast(piece: str) -> None:
    start = time.perf_counter()
    mask("/" + piece * (8000 // len(piece)))
    assert time.perf_counter() - start < 0.5


def formatted(message: str, *args: object) -> str:
    record = logging.LogRecord("x", logging.INFO, "f", 1, message, args, None)
    RequestIdFilter().filter(record)
    return MaskingJsonFormatter("{message}{request_id}", style="{").format(record)


def test_writes_one_line_per_record() -> None:
    line = formatted("name %s", "a\nERROR fake \x1b[31m")
    assert "\n" not in line
    assert "\x1b" not in line
    assert json.loads(line)["message"] == "name a\nERROR fake \x1b[31m"


def test_masks_arguments() -> None:
    assert JWT not in formatted("got %s", JWT)


def test_writes_request_id() -> None:
    token = request_id.set("abc")
    try:
        assert json.loads(formatted("x"))["request_id"] == "abc"
    finally:
        request_id.reset(token)
