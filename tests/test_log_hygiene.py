"""After an account's whole life, no secret lies in a log or in Redis."""

import http.client
import json
import re
import zlib
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from redis import Redis

from core.mailbox import mails
from tests.browser.product import wait_for
from tests.stack import Stack

EMAIL, FIRST, SECOND = "lena@example.org", "first long secret", "second long secret"


class Caller:
    """Requests without a browser that remember every secret they saw."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.cookies: dict[str, str] = {}
        self.secrets = {FIRST, SECOND}

    def call(self, method: str, path: str, body: Any = None, **more: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.stack.port, timeout=30)
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Content-Type": "application/json", "Cookie": cookie, **more}
        connection.request(method, path, json.dumps(body), headers)
        answer = connection.getresponse()
        answer.read()
        for line in answer.headers.get_all("Set-Cookie", []):
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name] = value
            self.secrets |= {value} if "token" in name and len(value) > 40 else set()
        connection.close()
        return answer.status

    def link(self, subject: str) -> tuple[str, str]:
        """`uid` and `token` of the mailed link."""
        query = parse_qs(urlsplit(wait_for(lambda: self._find(subject), subject, 60)).query)
        self.secrets.add(query["token"][0])
        return query["uid"][0], query["token"][0]

    def _find(self, subject: str) -> str:
        for mail in mails(self.stack.directory / "mail"):
            if (mail.message["To"], mail.message["Subject"]) == (EMAIL, subject):
                return re.findall(r"https?://\S+", mail.text)[0]
        return ""


def live_a_life(caller: Caller) -> None:
    form = {"email": EMAIL, "password": FIRST}
    assert caller.call("POST", "/api/register/", form) == 201
    uid, token = caller.link("Confirm your email")
    assert caller.call("GET", f"/api/activate/{uid}/{token}") == 200
    assert caller.call("POST", "/api/login/", form) == 200
    assert caller.call("POST", "/api/token/refresh/") == 200
    assert caller.call("POST", "/api/login/", {"email": EMAIL, "password": SECOND}) == 401
    assert caller.call("POST", "/api/password_reset/", {"email": EMAIL}) == 200
    uid, token = caller.link("Reset your Password")
    path = f"/api/password_confirm/{uid}/{token}/"
    assert caller.call("POST", path, {"new_password": "weak"}) == 400
    assert caller.call("POST", path, {"new_password": SECOND}) == 200
    query = urlencode({"uid": uid, "token": token})
    assert caller.call("GET", f"/reset-password/?{query}") == 200
    assert caller.call("GET", f"/users/confirm/?{query}") == 302
    use_play_link(caller)
    assert caller.call("POST", "/api/logout/") == 200


def use_play_link(caller: Caller) -> None:
    """Of a film that is not there: what comes into the log is the same."""
    right = f"{'r' * 64}.{'s' * 43}"
    caller.secrets |= {right, right.split(".")[1]}
    link = f"/api/play/{right}/7/master.m3u8"
    assert caller.call("GET", link) == 401
    assert caller.call("GET", link.replace("master.m3u8", "720p/000.ts?b=3"), Referer=link) == 401
    assert caller.call("GET", "/api/video/7/master.m3u8", Referer=link) in (401, 404)
    report = {"viewing": "viewing-1", "video": 7, "sequence": 1, "watched": 1, "link": right}
    assert caller.call("POST", "/api/playback/", report) == 401


def values(redis: Redis, key: bytes) -> list[bytes]:
    match redis.type(key):
        case b"string":
            return [redis.get(key) or b""]
        case b"hash":
            return list(redis.hgetall(key).values())
        case b"list":
            return redis.lrange(key, 0, -1)
        case b"zset":
            return redis.zrange(key, 0, -1)
        case _:
            return []


def plain(value: bytes) -> bytes:
    """RQ compresses what its jobs are to do."""
    try:
        return zlib.decompress(value)
    except zlib.error:
        return value


def test_keeps_secrets_out_of_logs_and_redis(stack: Stack) -> None:
    caller = Caller(stack)
    live_a_life(caller)
    logs = stack.log("web") + stack.log("worker")
    redis = Redis.from_url(stack.env["REDIS_URL"])
    stored = b"".join(plain(value) for key in redis.scan_iter() for value in values(redis, key))
    assert stored, "nothing was read"
    assert len(caller.secrets) >= 8
    for secret in [*caller.secrets, "eyJ"]:
        assert secret not in logs
        assert secret.encode() not in stored


def two_lines(stack: Stack) -> list[Any]:
    """The last failed sign-in and its request, which is logged after it was answered."""
    lines = [json.loads(line) for line in stack.log("web").splitlines() if line[:1] == "{"]
    [failure] = [line for line in lines if line["message"] == "sign_in_failed"][-1:]
    same = [line for line in lines if line["request_id"] == failure["request_id"]]
    return [failure, same[-1]] if "path" in same[-1] else []


def test_logs_account_events_with_request_id(stack: Stack) -> None:
    assert Caller(stack).call("POST", "/api/login/", {"email": "x@y.zz", "password": "z"}) == 401
    failure, access = wait_for(lambda: two_lines(stack), "the access log's line", 20)
    assert failure["ip"] == "127.0.0.1"
    assert failure["user_id"] is None
    assert (access["path"], access["status"]) == ("/api/login/", "401")
