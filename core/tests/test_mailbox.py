"""The development mailbox: what it shows, to whom, and that mails stay harmless in it."""

from email.mime.image import MIMEImage
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection, send_mail
from django.test import Client

from core.pages import FILE_BACKEND
from tests.people import make_user

pytestmark = pytest.mark.django_db

REMOTE = {"REMOTE_ADDR": "203.0.113.9"}


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.EMAIL_BACKEND = FILE_BACKEND
    settings.EMAIL_FILE_PATH = str(tmp_path)
    settings.PRODUCTION = False
    settings.BEHIND_PROXY = False
    return tmp_path


def send(subject: str = "Confirm your email", html: str = "<p>Hello</p>") -> None:
    mail = EmailMultiAlternatives(subject, "Go to http://127.0.0.1:8000/x", to=["mia@example.org"])
    mail.attach_alternative(html, "text/html")
    logo = MIMEImage(b"\x89PNG", "png")
    logo["Content-ID"] = "<logo>"
    mail.attach(logo)
    mail.send()


def first_address(client: Client) -> str:
    page = client.get("/dev/mail/").text
    return "/dev/mail/" + page.split('href="/dev/mail/')[1].split('"')[0]


def test_it_lists_mails_newest_first(client: Client) -> None:
    send("The first")
    send("The second")

    page = client.get("/dev/mail/").text

    assert 0 < page.index("The second") < page.index("The first")


def test_it_is_empty_before_the_first_mail(client: Client, folder: Path) -> None:
    folder.rmdir()

    assert "No mail yet" in client.get("/dev/mail/").text


def test_it_shows_two_mails_of_one_connection_as_two(client: Client) -> None:
    with get_connection() as connection:
        for subject in ("The first", "The second"):
            send_mail(subject, "text", None, ["mia@example.org"], connection=connection)

    assert client.get("/dev/mail/").text.count("<li>") == 2


def test_it_shows_the_text_with_links_that_can_be_followed(client: Client) -> None:
    send()

    page = client.get(first_address(client)).text

    assert '<a href="http://127.0.0.1:8000/x"' in page


def test_the_subject_of_a_mail_is_no_markup_here(client: Client) -> None:
    send(subject="<script>alert(1)</script>")

    assert "<script>alert" not in client.get("/dev/mail/").text
    assert "<script>alert" not in client.get(first_address(client)).text


def test_the_html_is_sandboxed_and_may_fetch_nothing(client: Client) -> None:
    send(html='<img src="cid:logo"><script>alert(1)</script>')

    response = client.get(first_address(client) + "html/")

    policy = response["Content-Security-Policy"]
    assert "sandbox allow-top-navigation-by-user-activation" in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert response["Referrer-Policy"] == "no-referrer"


def test_inline_pictures_are_part_of_the_html(client: Client) -> None:
    send(html='<img src="cid:logo">')

    html = client.get(first_address(client) + "html/").text

    assert '<img src="data:image/png;base64,iVBORw==">' in html


@pytest.mark.parametrize("name", ["nothing.0", "..%2Fsecret.0", "a.b.c"])
def test_an_unknown_mail_is_404(client: Client, name: str) -> None:
    assert client.get(f"/dev/mail/{name}/").status_code == 404
    assert client.get(f"/dev/mail/{name}/html/").status_code == 404


def test_people_elsewhere_do_not_find_it(client: Client) -> None:
    send()
    address = first_address(client)

    for path in ("/dev/mail/", address, address + "html/"):
        assert client.get(path, **REMOTE).status_code == 404


def test_staff_read_it_from_anywhere(client: Client) -> None:
    client.force_login(make_user(is_staff=True))

    assert client.get("/dev/mail/", **REMOTE).status_code == 200


def test_members_do_not_read_it_from_elsewhere(client: Client) -> None:
    client.force_login(make_user())

    assert client.get("/dev/mail/", **REMOTE).status_code == 404


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_a_forwarded_request_is_not_local(client: Client, header: str) -> None:
    assert client.get("/dev/mail/", headers={header: "127.0.0.1"}).status_code == 404


def test_behind_a_proxy_nobody_is_local(client: Client, settings: Any) -> None:
    settings.BEHIND_PROXY = True

    assert client.get("/dev/mail/").status_code == 404


def test_it_does_not_exist_in_production_even_for_staff(client: Client, settings: Any) -> None:
    settings.PRODUCTION = True
    client.force_login(make_user(is_staff=True))

    assert client.get("/dev/mail/").status_code == 404


def test_it_does_not_exist_where_mails_are_really_sent(client: Client, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"

    assert client.get("/dev/mail/").status_code == 404


def test_pages_offer_it_only_where_it_exists(client: Client, settings: Any) -> None:
    assert "/dev/mail/" in client.get("/signup/").text
    settings.PRODUCTION = True
    assert "/dev/mail/" not in client.get("/signup/").text
