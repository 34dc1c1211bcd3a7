"""What every log line gets: the request's id; and what none may show: secrets."""

import logging
import re
from contextvars import ContextVar

from pythonjsonlogger.json import JsonFormatter

request_id: ContextVar[str] = ContextVar("request_id", default="")

HIDDEN = "***"
# The links of mails, tokens and signatures in queries, and JWTs wherever they stand.
SECRETS = re.compile(
    r"""(?P<path>/(?:activate|password_confirm|passwort_confirm)/)[^/\s"?]+(?:/[^/\s"?]+)?
    | (?P<query>[?&](?:uid|token|sig|signature|email|X-Amz-[A-Za-z]+)=)[^&\s"]*
    | eyJ[\w-]{5,}\.[\w-]+\.[\w-]*
    """,
    re.VERBOSE,
)


def mask(line: str) -> str:
    """The line without anything that would open an account or a film."""
    return SECRETS.sub(_hide, line)


def _hide(found: re.Match[str]) -> str:
    return (found["path"] or found["query"] or "") + HIDDEN


class RequestIdFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        if not hasattr(record, "request_id"):
            record.request_id = request_id.get()
        return True


class MaskingJsonFormatter(JsonFormatter):
    """One line of JSON, which also disarms line breaks and escape codes, masked."""

    def format(self, record: logging.LogRecord) -> str:
        return mask(super().format(record))
