"""The mails: what they say, where they lead, and that none is lost or sent twice."""

import logging
from datetime import timedelta
from smtplib import SMTPServerDisconnected
from typing import Any

import django_rq
import pytest
import time_machine
from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import sanitize_address
from django.utils import timezone
from rest_framework.test import APIClient

from auth_app import housekeeping, mails
from auth_app.models import Mail, MailState
from auth_app.tests.accounts import ALICE, PASSWORD, make_sign_up, make_user
from auth_app.tests.post import delivered, link_of, parts

# The mails are asked for on commit.
pytestmark = pytest.mark.django_db(transaction=True)
BODY = {"email": "new@example.com", "password": PASSWORD}


def register(entry_point: str = "api", **headers: str) -> Any:
    return APIClient().post(f"/{entry_point}/register/", BODY, **headers)


def ask_for_reset(email: str = ALICE, path: str = "/api/password_reset/") -> None:
    assert APIClient().post(path, {"email": email}).status_code == 200


def later(**delta: float) -> Any:
    return time_machine.travel(timezone.now() + timedelta(**delta))


@pytest.mark.parametrize(
    ("entry_point", "start"),
    [
        ("api", "http://127.0.0.1:5500/pages/auth/activate.html?uid="),
        ("users", "http://127.0.0.1:8000/users/confirm/?uid="),
    ],
)
def test_sends_activation_link_of_entry_point(entry_point: str, start: str) -> None:
    register(entry_point)
    [mail] = delivered()
    assert mail.subject == "Confirm your email"
    assert mail.to == ["new@example.com"]
    assert link_of(mail).startswith(start)


@pytest.mark.parametrize(
    ("path", "start"),
    [
        ("/api/password_reset/", "http://127.0.0.1:5500/pages/auth/confirm_password.html?uid="),
        ("/users/forgot-password/", "http://127.0.0.1:5500/reset-password?uid="),
    ],
)
def test_sends_reset_link_of_entry_point(path: str, start: str) -> None:
    make_user()
    ask_for_reset(path=path)
    [mail] = delivered()
    assert mail.subject == "Reset your Password"
    assert link_of(mail).startswith(start)


def test_mails_working_links() -> None:
    register()
    given = parts(link_of(delivered()[0]))
    path = f"/api/activate/{given['uid']}/{given['token']}/"
    assert APIClient().get(path).status_code == 200
    ask_for_reset("new@example.com")
    given = parts(link_of(delivered()[0]))
    path = f"/api/password_confirm/{given['uid']}/{given['token']}/"
    assert APIClient().post(path, {"new_password": "another secret"}).status_code == 200


def test_sends_text_and_html_with_inline_logo() -> None:
    register()
    message = delivered()[0].message()
    kinds = [part.get_content_type() for part in message.walk()]
    assert kinds == [
        "multipart/related",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "image/png",
    ]
    logo = list(message.walk())[-1]
    assert logo["Content-ID"] == "<logo>"
    assert logo.get_payload(decode=True).startswith(b"\x89PNG")


def test_sends_same_link_as_text_and_html() -> None:
    register()
    [mail] = delivered()
    html = str(mail.alternatives[0].content)
    assert link_of(mail).replace("&", "&amp;") in html
    assert 'src="cid:logo"' in html


def test_ignores_forged_host_in_links() -> None:
    register(HTTP_X_FORWARDED_HOST="evil.example")
    assert "evil.example" not in str(delivered()[0].body)


def test_rejects_foreign_host() -> None:
    assert register(HTTP_HOST="evil.example").status_code == 400


@pytest.mark.parametrize("email", ["nobody@example.com", "gone@example.com"])
def test_sends_no_mail_to_unknown_or_deactivated(email: str) -> None:
    user = make_user("gone@example.com")
    user.is_active = False
    user.save()
    ask_for_reset(email)
    assert delivered() == []
    assert Mail.objects.get().state == MailState.DROPPED


@pytest.mark.contract
@pytest.mark.parametrize(
    ("path", "subject"),
    [
        ("/api/password_reset/", "Reset your Password"),
        ("/api/activate/resend/", "Confirm your email"),
    ],
)
def test_sends_unproved_address_what_was_requested(path: str, subject: str) -> None:
    make_sign_up()
    ask_for_reset("new@example.com", path)
    [mail] = delivered()
    assert mail.subject == subject


def test_resends_nothing_to_active_account() -> None:
    make_user()
    ask_for_reset(ALICE, "/api/activate/resend/")
    assert delivered() == []


def test_mails_owner_after_new_password() -> None:
    make_user()
    ask_for_reset()
    given = parts(link_of(delivered()[0]))
    path = f"/api/password_confirm/{given['uid']}/{given['token']}/"
    APIClient().post(path, {"new_password": "another secret"})
    assert [mail.subject for mail in delivered()] == ["Your password has been changed"]


def test_limits_mails_to_one_address() -> None:
    make_user()
    for _ in range(5):
        ask_for_reset()
    assert len(delivered()) == 3
    with later(hours=1, minutes=1):
        ask_for_reset()
        assert len(delivered()) == 1


def test_enqueues_only_the_mails_id() -> None:
    register()
    [job] = django_rq.get_queue("short").jobs
    assert job.func_name == "auth_app.tasks.send_mail"
    assert job.args == [Mail.objects.get().pk]
    assert job.kwargs == {}


def test_sends_one_mail_when_job_runs_twice(mailoutbox: list[EmailMultiAlternatives]) -> None:
    register()
    mails.send(Mail.objects.get().pk)
    mails.send(Mail.objects.get().pk)
    assert len(mailoutbox) == 1


@pytest.mark.usefixtures("redis_away")
def test_registers_without_queue() -> None:
    assert register().status_code == 201
    assert Mail.objects.get().state == MailState.DUE


def test_enqueues_lost_mail_again() -> None:
    register()
    django_rq.get_queue("short").empty()
    with later(minutes=1):
        assert mails.send_due() == 1
        assert len(delivered()) == 1
        assert mails.send_due() == 0


def test_leaves_fresh_mail_to_its_job() -> None:
    register()
    assert mails.send_due() == 0


def refuse(self: EmailMultiAlternatives, fail_silently: bool = False) -> int:
    raise SMTPServerDisconnected("try again later")


def test_retries_failed_mail(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with monkeypatch.context() as patch, caplog.at_level(logging.ERROR):
        patch.setattr(EmailMultiAlternatives, "send", refuse)
        register()
        delivered()
    mail = Mail.objects.get()
    assert (mail.state, mail.attempts) == (MailState.DUE, 1)
    assert "try again later" in mail.error
    assert "mail_failed" in caplog.text
    with later(minutes=2):
        mails.send_due()
        assert len(delivered()) == 1


def test_keeps_error_of_address_that_cannot_be_encoded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address = "a@" + "\u0131" * 60 + ".com"
    sent: list[str] = []

    def send(self: EmailMultiAlternatives, fail_silently: bool = False) -> int:
        sent.append(sanitize_address(self.to[0], "utf-8"))  # as the SMTP backend does
        return 1

    monkeypatch.setattr(EmailMultiAlternatives, "send", send)
    assert APIClient().post("/api/register/", BODY | {"email": address}).status_code == 201
    mails.send(Mail.objects.get().pk)
    mail = Mail.objects.get()
    assert (mail.state, sent) == (MailState.DUE, [])
    assert "Unicode" in mail.error


def test_gives_up_after_ten_attempts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EmailMultiAlternatives, "send", refuse)
    register()
    for hours in range(1, 11):
        with later(hours=hours):
            mails.send(Mail.objects.get().pk)
    assert Mail.objects.get().state == MailState.FAILED


def test_flushes_old_mails() -> None:
    register()
    with later(days=31):
        housekeeping.flush_expired()
    assert not Mail.objects.exists()
