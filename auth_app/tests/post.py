"""Delivering the enqueued mails of a test, and reading their links."""

import re
from urllib.parse import parse_qs, urlsplit

import django_rq
from django.core import mail as django_mail
from django.core.mail import EmailMultiAlternatives
from rq import SimpleWorker
from rq.serializers import JSONSerializer


def delivered() -> list[EmailMultiAlternatives]:
    """The mails of the queue's jobs, after running these as a worker would."""
    django_mail.outbox.clear()
    queue = django_rq.get_queue("short")
    SimpleWorker([queue], connection=queue.connection, serializer=JSONSerializer).work(
        burst=True, logging_level="ERROR"
    )
    return list(django_mail.outbox)


def link_of(mail: EmailMultiAlternatives) -> str:
    found = re.search(r"https?://\S+", str(mail.body))
    assert found
    return found[0]


def parts(link: str) -> dict[str, str]:
    """`uid` and `token` of a link."""
    return {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}
