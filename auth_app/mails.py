"""Mails: a request creates a row, a job sends it, the sweeper retries it."""

import logging
from datetime import timedelta

import django_rq
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from redis.exceptions import RedisError

from auth_app import emails
from auth_app.managers import normalized
from auth_app.models import Mail, MailState, SignUp, User

logger = logging.getLogger(__name__)

QUEUE = "short"
MAX_ATTEMPTS = 10  # with the pauses below, about four hours
# Older due mails have no job any more.
OVERDUE = timedelta(seconds=20)
KEPT = timedelta(days=30)


def ask_for(
    kind: str,
    address: str,
    entry_point: str,
    sign_up: SignUp | None = None,
    *,
    user: User | None = None,
) -> None:
    """Create and enqueue a mail to the address's user, if there is one, or to `user` there.

    Known and unknown addresses cost the same, so that the time reveals nothing.
    """
    mail = Mail.objects.create(
        kind=kind,
        to=normalized(address),
        entry_point=entry_point,
        sign_up=sign_up,
        user=user,
        next_attempt_at=timezone.now(),
    )
    transaction.on_commit(lambda: _enqueue(mail.pk))


def _enqueue(mail_id: int) -> None:
    try:
        django_rq.get_queue(QUEUE).enqueue(
            "auth_app.tasks.send_mail", mail_id, job_id=f"mail-{mail_id}", result_ttl=0
        )
    except RedisError as error:
        logger.warning("mail_not_enqueued", extra={"mail_id": mail_id, "error": repr(error)})


def send(mail_id: int) -> None:
    """Send the mail if it is due; safe to repeat and to run in parallel."""
    mail = _claim(mail_id)
    if mail is None:
        return
    message = None if _too_many(mail) else emails.compose(mail)
    if message is None:
        _finish(mail, MailState.DROPPED)
        return
    try:
        message.send()
    except (
        OSError,
        ValueError,
    ) as error:  # refused, or not encodable
        _put_off(mail, error)
        return
    _finish(mail, MailState.SENT)


def _claim(mail_id: int) -> Mail | None:
    """The mail, claimed until its next attempt; None when it is not due."""
    mail = Mail.objects.filter(pk=mail_id, state=MailState.DUE).first()
    if mail is None:
        return None
    now = timezone.now()
    pause = timedelta(minutes=min(2**mail.attempts, 60))
    due = Mail.objects.filter(pk=mail_id, state=MailState.DUE, next_attempt_at__lte=now)
    won = due.update(attempts=F("attempts") + 1, next_attempt_at=now + pause)
    return mail if won else None


def _too_many(mail: Mail) -> bool:
    """Whether the address has had its mails of this kind within the hour."""
    hour_ago = timezone.now() - timedelta(hours=1)
    sent = Mail.objects.filter(
        to=mail.to, kind=mail.kind, state=MailState.SENT, created_at__gt=hour_ago
    )
    return bool(sent.count() >= settings.MAILS_PER_HOUR)


def _finish(mail: Mail, state: MailState) -> None:
    Mail.objects.filter(pk=mail.pk).update(state=state, error="")
    logger.info(f"mail_{state}", extra={"mail_id": mail.pk, "kind": mail.kind})


def _put_off(mail: Mail, error: Exception) -> None:
    gives_up = mail.attempts + 1 >= MAX_ATTEMPTS
    Mail.objects.filter(pk=mail.pk).update(
        state=MailState.FAILED if gives_up else MailState.DUE, error=repr(error)[:200]
    )
    logger.error(
        "mail_failed",
        extra={"mail_id": mail.pk, "error": repr(error), "gives_up": gives_up},
    )


def send_due() -> int:
    """Enqueue due mails again and return their number. The worker calls it every minute."""
    due = Mail.objects.filter(state=MailState.DUE, next_attempt_at__lte=timezone.now() - OVERDUE)
    ids = list(due.order_by("next_attempt_at").values_list("pk", flat=True)[:500])
    for mail_id in ids:
        _enqueue(mail_id)
    return len(ids)


def flush_old() -> None:
    Mail.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
