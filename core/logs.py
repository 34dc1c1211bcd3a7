"""What every log line gets: the request's id; and what none may show: secrets."""

import logging
import re
from contextvars import ContextVar

from pythonjsonlogger.json import JsonFormatter

request_id: ContextVar[str] = ContextVar("request_id", default="")

HIDDEN = "***"


def _spelled(*words: str) -> str:
    """A pattern for any of the words, also percent-encoded and that encoded again: servers
    decode what they route, and a log that did so too would no longer show what was sent."""
    return "(?:" + "|".join("".join(map(_character, word)) for word in words) + ")"


def _character(character: str) -> str:
    return f"(?:{re.escape(character)}|%(?:25)*(?i:{ord(character):02x}))"


# The links of mails, play links, tokens and signatures in queries, what players tell of
# who watches (CMCD), and JWTs wherever they stand.
SECRETS = re.compile(
    rf"""(?P<path>{_spelled("/")}{_spelled("activate", "password_confirm", "passwort_confirm")}
        {_spelled("/")})[^/\s"?]+(?:/[^/\s"?]+)?
    | (?P<right>{_spelled("/")}{_spelled("play")}{_spelled("/")})[^/\s"?]+
    | (?P<query>{_spelled("?", "&")}(?:{_spelled("uid", "token", "sig", "signature", "email")}
        |{_spelled("CMCD")}|{_spelled("X-Amz-")}[A-Za-z0-9%]{{1,60}}?){_spelled("=")})[^&\s"]*
    | vft_[\w-]{{20,}}
    | eyJ[\w-]{{5,}}\.[\w-]+\.[\w-]*
    """,
    re.VERBOSE,
)


def mask(line: str) -> str:
    """The line without anything that would open an account or a film."""
    return SECRETS.sub(_hide, line)


def _hide(found: re.Match[str]) -> str:
    return (found["path"] or found["right"] or found["query"] or "") + HIDDEN


class RequestIdFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        if not hasattr(record, "request_id"):
            record.request_id = request_id.get()
        return True


class MaskingJsonFormatter(JsonFormatter):
    """One line of JSON, which also disarms line breaks and escape codes, masked."""

    def format(self, record: logging.LogRecord) -> str:
        return mask(super().format(record))
