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

from auth_app import mails, services
from auth_app.models import Mail, MailState
from auth_app.tests.accounts import PASSWORD, make_sign_up, make_user
from auth_app.tests.post import delivered, link_of, parts

# The mails are asked for on commit.
pytestmark = pytest.mark.django_db(transaction=True)
BODY = {"email": "new@example.com", "password": PASSWORD}


def register(entry_point: str = "api", **headers: str) -> Any:
    return APIClient().post(f"/{entry_point}/register/", BODY, **headers)


def ask_for_reset(email: str = "alice@example.com", path: str = "/api/password_reset/") -> None:
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


def test_the_links_open_what_they_promise() -> None:
    register()
    given = parts(link_of(delivered()[0]))
    path = f"/api/activate/{given['uid']}/{given['token']}/"
    assert APIClient().get(path).status_code == 200
    ask_for_reset("new@example.com")
    given = parts(link_of(delivered()[0]))
    path = f"/api/password_confirm/{given['uid']}/{given['token']}/"
    assert APIClient().post(path, {"new_password": "another secret"}).status_code == 200


def test_a_mail_is_text_and_html_with_the_logo_inside() -> None:
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


def test_text_and_html_hold_the_same_link() -> None:
    register()
    [mail] = delivered()
    html = str(mail.alternatives[0].content)
    assert link_of(mail).replace("&", "&amp;") in html
    assert 'src="cid:logo"' in html


def test_a_forged_host_does_not_reach_the_links() -> None:
    register(HTTP_X_FORWARDED_HOST="evil.example")
    assert "evil.example" not in str(delivered()[0].body)


def test_a_foreign_host_is_refused() -> None:
    assert register(HTTP_HOST="evil.example").status_code == 400


@pytest.mark.parametrize("email", ["nobody@example.com", "gone@example.com"])
def test_the_unknown_and_the_deactivated_get_no_mail(email: str) -> None:
    user = make_user("gone@example.com")
    user.is_active = False
    user.save()
    ask_for_reset(email)
    assert delivered() == []
    assert Mail.objects.get().state == MailState.DROPPED


@pytest.mark.parametrize(
    ("path", "subject"),
    [
        ("/api/password_reset/", "Reset your Password"),
        ("/api/activate/resend/", "Confirm your email"),
    ],
)
def test_who_never_confirmed_is_sent_what_they_asked_for(path: str, subject: str) -> None:
    make_sign_up()
    ask_for_reset("new@example.com", path)
    [mail] = delivered()
    assert mail.subject == subject


def test_resending_to_an_active_account_sends_nothing() -> None:
    make_user()
    ask_for_reset("alice@example.com", "/api/activate/resend/")
    assert delivered() == []


def test_a_new_password_is_told_to_the_owner() -> None:
    make_user()
    ask_for_reset()
    given = parts(link_of(delivered()[0]))
    path = f"/api/password_confirm/{given['uid']}/{given['token']}/"
    APIClient().post(path, {"new_password": "another secret"})
    assert [mail.subject for mail in delivered()] == ["Your password has been changed"]


def test_nobody_is_flooded() -> None:
    make_user()
    for _ in range(5):
        ask_for_reset()
    assert len(delivered()) == 3
    with later(hours=1, minutes=1):
        ask_for_reset()
        assert len(delivered()) == 1


def test_the_queue_knows_a_number_only() -> None:
    register()
    [job] = django_rq.get_queue("short").jobs
    assert job.func_name == "auth_app.tasks.send_mail"
    assert job.args == [Mail.objects.get().pk]
    assert job.kwargs == {}


def test_a_job_that_runs_twice_sends_one_mail(mailoutbox: list[EmailMultiAlternatives]) -> None:
    register()
    mails.send(Mail.objects.get().pk)
    mails.send(Mail.objects.get().pk)
    assert len(mailoutbox) == 1


@pytest.mark.usefixtures("redis_away")
def test_a_registration_survives_a_dead_queue() -> None:
    assert register().status_code == 201
    assert Mail.objects.get().state == MailState.DUE


def test_what_the_queue_lost_is_rung_for_again() -> None:
    register()
    django_rq.get_queue("short").empty()
    with later(minutes=1):
        assert mails.send_due() == 1
        assert len(delivered()) == 1
        assert mails.send_due() == 0


def test_a_fresh_mail_is_left_to_its_own_job() -> None:
    register()
    assert mails.send_due() == 0


def refuse(self: EmailMultiAlternatives, fail_silently: bool = False) -> int:
    raise SMTPServerDisconnected("try again later")


def test_a_failure_is_seen_and_repaired(
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


def test_an_address_that_no_mail_can_be_written_to_is_given_up(
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
    assert "UnicodeError" in mail.error


def test_it_gives_up_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EmailMultiAlternatives, "send", refuse)
    register()
    for hours in range(1, 11):
        with later(hours=hours):
            mails.send(Mail.objects.get().pk)
    assert Mail.objects.get().state == MailState.FAILED


def test_old_rows_are_forgotten() -> None:
    register()
    with later(days=31):
        services.flush_expired()
    assert not Mail.objects.exists()
