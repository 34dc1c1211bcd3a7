"""The development mailbox: what it shows, to whom, and that mails stay harmless in it."""

from email.mime.image import MIMEImage
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection, send_mail
from django.core.management import CommandError, call_command
from django.test import Client

from core import mailbox_access
from core.mailbox_access import FILE_BACKEND
from tests.people import access_token, make_user

pytestmark = pytest.mark.django_db

TOKEN = "the token of these tests"
OPENED = f"/dev/mail/?{urlencode({'token': TOKEN})}"


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.EMAIL_BACKEND = FILE_BACKEND
    folder = tmp_path / "mail"
    folder.mkdir()
    settings.EMAIL_FILE_PATH = str(folder)
    settings.PRODUCTION = False
    settings.MAILBOX_TOKEN = TOKEN
    return folder


@pytest.fixture
def client() -> Client:
    """A browser that has opened the address with the token."""
    client = Client()
    assert client.get(OPENED).status_code == 302
    return client


@pytest.fixture
def stranger() -> Client:
    return Client()


def call(command: str) -> str:
    out = StringIO()
    call_command(command, stdout=out)
    return out.getvalue()


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


def test_lists_mails_newest_first(client: Client) -> None:
    send("The first")
    send("The second")

    page = client.get("/dev/mail/").text

    assert 0 < page.index("The second") < page.index("The first")


def test_shows_empty_mailbox(client: Client, folder: Path) -> None:
    folder.rmdir()

    assert "No mail yet" in client.get("/dev/mail/").text


def test_separates_mails_of_one_connection(client: Client) -> None:
    with get_connection() as connection:
        for subject in ("The first", "The second"):
            send_mail(subject, "text", None, ["mia@example.org"], connection=connection)

    assert client.get("/dev/mail/").text.count("<li>") == 2


def test_links_addresses_in_text(client: Client) -> None:
    send()

    page = client.get(first_address(client)).text

    assert '<a href="http://127.0.0.1:8000/x"' in page


def test_escapes_subject(client: Client) -> None:
    send(subject="<script>alert(1)</script>")

    assert "<script>alert" not in client.get("/dev/mail/").text
    assert "<script>alert" not in client.get(first_address(client)).text


def test_sandboxes_html(client: Client) -> None:
    send(html='<img src="cid:logo"><script>alert(1)</script>')

    response = client.get(first_address(client) + "html/")

    policy = response["Content-Security-Policy"]
    assert "sandbox allow-top-navigation-by-user-activation" in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert response["Referrer-Policy"] == "no-referrer"


def test_embeds_inline_images(client: Client) -> None:
    send(html='<img src="cid:logo">')

    html = client.get(first_address(client) + "html/").text

    assert '<img src="data:image/png;base64,iVBORw==">' in html


@pytest.mark.parametrize("name", ["nothing.0", "..%2Fsecret.0", "a.b.c"])
def test_returns_404_for_unknown_mail(client: Client, name: str) -> None:
    assert client.get(f"/dev/mail/{name}/").status_code == 404
    assert client.get(f"/dev/mail/{name}/html/").status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        {"REMOTE_ADDR": "203.0.113.9"},
        {"REMOTE_ADDR": "127.0.0.1"},
        {"REMOTE_ADDR": "::1"},
        {"REMOTE_ADDR": ""},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"HTTP_HOST": "localhost"},
    ],
)
def test_hides_mailbox_from_strangers_at_any_address(
    stranger: Client, client: Client, address: dict[str, str]
) -> None:
    send()
    mail = first_address(client)

    for path in ("/dev/mail/", mail, mail + "html/"):
        assert stranger.get(path, **address).status_code == 404


@pytest.mark.parametrize(
    "token", ["", "wrong", TOKEN + "x", TOKEN[:-1], TOKEN.upper(), "\udcff", "é", "\x00"]
)
def test_rejects_wrong_token(stranger: Client, token: str) -> None:
    response = stranger.get("/dev/mail/", {"token": token.encode("utf-8", "replace")})

    assert response.status_code == 404
    assert not response.cookies
    assert stranger.get("/dev/mail/").status_code == 404


@pytest.mark.parametrize("cookie", ["", TOKEN, "x" * 64, "é", '"'])
def test_rejects_forged_cookie(stranger: Client, cookie: str) -> None:
    stranger.cookies[mailbox_access.COOKIE] = cookie

    assert stranger.get("/dev/mail/").status_code == 404


def test_redirects_without_token_and_sets_another_cookie(stranger: Client) -> None:
    response = stranger.get(OPENED)

    cookie = response.cookies[mailbox_access.COOKIE]
    assert response["Location"] == "/dev/mail/"
    assert response["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response["Cache-Control"]
    assert TOKEN not in cookie.value
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_revokes_cookie_with_new_token(client: Client, settings: Any) -> None:
    settings.MAILBOX_TOKEN = "another token"

    assert client.get("/dev/mail/").status_code == 404


def test_stays_shut_without_token(stranger: Client, settings: Any) -> None:
    settings.MAILBOX_TOKEN = ""

    assert stranger.get("/dev/mail/?token=").status_code == 404
    assert stranger.get("/dev/mail/").status_code == 404


def test_shows_mailbox_to_superuser_of_the_admin(stranger: Client) -> None:
    stranger.force_login(make_user(is_staff=True, is_superuser=True))

    assert stranger.get("/dev/mail/").status_code == 200


def test_shows_mailbox_to_superuser_of_the_site(stranger: Client) -> None:
    stranger.cookies["access_token"] = access_token(make_user(is_staff=True, is_superuser=True))

    assert stranger.get("/dev/mail/").status_code == 200


@pytest.mark.parametrize("rights", [{}, {"is_staff": True}], ids=["member", "staff"])
def test_hides_mailbox_from_staff_and_members(stranger: Client, rights: dict[str, bool]) -> None:
    user = make_user(**rights)
    stranger.force_login(user)
    stranger.cookies["access_token"] = access_token(user)

    assert stranger.get("/dev/mail/").status_code == 404


def test_hides_mailbox_from_deactivated_superuser(stranger: Client) -> None:
    user = make_user(is_staff=True, is_superuser=True)
    stranger.force_login(user)
    stranger.cookies["access_token"] = access_token(user)
    user.is_active = False
    user.save()

    assert stranger.get("/dev/mail/").status_code == 404


def test_returns_404_for_garbage_credentials(stranger: Client) -> None:
    stranger.cookies["access_token"] = "garbage"

    assert stranger.get("/dev/mail/", HTTP_AUTHORIZATION="Bearer garbage").status_code == 404


def test_hides_mailbox_in_production(client: Client, settings: Any) -> None:
    settings.PRODUCTION = True
    client.force_login(make_user(is_staff=True, is_superuser=True))

    assert client.get("/dev/mail/").status_code == 404
    assert client.get(OPENED).status_code == 404


def test_prints_working_address(stranger: Client, settings: Any) -> None:
    settings.BACKEND_ORIGIN = "http://testserver"
    url = call("mailbox_url")

    assert url.startswith("http://testserver/dev/mail/?token=")
    assert stranger.get(url.strip(), follow=True).status_code == 200


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PRODUCTION", True),
        ("EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend"),
        ("MAILBOX_TOKEN", ""),
    ],
)
def test_fails_where_there_is_no_mailbox(settings: Any, name: str, value: Any) -> None:
    setattr(settings, name, value)

    with pytest.raises(CommandError, match="no development mailbox"):
        call("mailbox_url")


def test_hides_mailbox_where_mails_are_sent(client: Client, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"

    assert client.get("/dev/mail/").status_code == 404


def test_links_mailbox_only_for_its_readers(
    client: Client, stranger: Client, settings: Any
) -> None:
    assert "/dev/mail/" in client.get("/signup/").text
    assert "/dev/mail/" not in stranger.get("/signup/").text
    settings.PRODUCTION = True
    assert "/dev/mail/" not in client.get("/signup/").text
