"""The built-in site's pages: headers, what the cookies choose, and what they load."""

import hashlib
import json
import re
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client

from core.staticfiles import HashedModules

pytestmark = pytest.mark.django_db

PAGES = [
    "/",
    "/watch/1/",
    "/login/",
    "/signup/",
    "/activate/?uid=MQ&token=secret",
    "/activation-failed/",
    "/forgot-password/",
    "/reset-password/?uid=MQ&token=secret",
    "/account/",
    "/confirm-address/?uid=MQ&token=secret",
]
VENDOR = Path(settings.BASE_DIR) / "static/vendor"


@pytest.mark.parametrize("path", PAGES)
def test_serves_every_page_uncached(client: Client, path: str) -> None:
    response = client.get(path)

    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("path", PAGES)
def test_needs_no_inline_script_or_style(client: Client, path: str) -> None:
    response = client.get(path)

    assert "unsafe" not in response["Content-Security-Policy"]
    assert not re.findall(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", response.text)


@pytest.mark.parametrize("session", ["", "access_token"])
@pytest.mark.parametrize("path", PAGES)
def test_loads_only_files_that_exist(client: Client, path: str, session: str) -> None:
    client.cookies.load({session: "x"} if session else {})

    named = re.findall(r'(?:src|href)="/static/([^"#]+)', client.get(path).text)

    assert named
    assert [name for name in named if finders.find(name) is None] == []


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_description_manifest_and_icons(client: Client, path: str) -> None:
    page = client.get(path).text

    assert re.search(r'<meta name="description" content="\w[^"]{20,}"', page)
    for relation in ("icon", "apple-touch-icon", "manifest"):
        assert f'<link rel="{relation}"' in page


def test_names_only_icons_that_exist_in_the_manifest() -> None:
    folder = Path(settings.BASE_DIR) / "static/web"
    manifest = json.loads((folder / "site.webmanifest").read_text())

    assert {icon["sizes"] for icon in manifest["icons"]} >= {"any", "192x192", "512x512"}
    assert [icon for icon in manifest["icons"] if not (folder / icon["src"]).is_file()] == []


def test_leads_browsers_that_ask_for_a_favicon_to_it(client: Client) -> None:
    response = client.get("/favicon.ico")

    assert response.status_code == 302
    assert finders.find(response["Location"].removeprefix("/static/")) is not None


@pytest.mark.parametrize("page", ["activate", "reset-password"])
def test_sends_no_referrer_with_token(client: Client, page: str) -> None:
    response = client.get(f"/{page}/?uid=MQ&token=secret")

    assert response["Referrer-Policy"] == "no-referrer"
    assert "secret" not in response.text


@pytest.mark.parametrize(
    ("cookie", "hint"),
    [
        ("", "none"),
        ("access_token", "access"),
        ("vf_access", "access"),
        ("refresh_token", "refresh"),
        ("vf_refresh", "refresh"),
    ],
)
def test_says_which_cookies_the_request_has(client: Client, cookie: str, hint: str) -> None:
    client.cookies.load({cookie: "anything"} if cookie else {})

    assert f'data-session="{hint}"' in client.get("/").text


def test_shows_welcome_or_catalogue(client: Client) -> None:
    welcome = client.get("/").text
    client.cookies.load({"access_token": "anything"})
    catalogue = client.get("/").text

    assert 'id="login-form"' in welcome
    assert 'id="rows"' in catalogue


def test_returns_page_or_json_for_unknown_address(client: Client) -> None:
    page = client.get("/nowhere/", headers={"Accept": "text/html,*/*;q=0.8"})
    answer = client.get("/nowhere/")

    assert page.status_code == answer.status_code == 404
    assert "There is nothing here" in page.text
    assert answer.json() == {"detail": "Not found."}


def test_returns_json_for_unknown_address_of_api(client: Client) -> None:
    answer = client.get("/api/nowhere/", headers={"Accept": "text/html"})

    assert answer.status_code == 404
    assert answer.json() == {"detail": "Not found."}


@pytest.mark.parametrize("package", ["hls", "figtree"])
def test_matches_checksums_of_vendored_files(package: str) -> None:
    folder = VENDOR / package
    recorded = (folder / "VERSION").read_text()

    files = [file for file in folder.iterdir() if file.suffix in (".js", ".woff2")]

    assert files
    assert (folder / "LICENSE").is_file()
    assert all(hashlib.sha256(file.read_bytes()).hexdigest() in recorded for file in files)


def test_rewrites_imports_to_hashed_names(tmp_path: Path) -> None:
    shutil.copytree(Path(settings.BASE_DIR) / "static/web/js", tmp_path / "web/js")
    storage = HashedModules(location=tmp_path, base_url="/static/")
    names = [str(file.relative_to(tmp_path)) for file in tmp_path.glob("web/js/**/*.js")]

    list(storage.post_process({name: (storage, name) for name in names}))

    entry = (tmp_path / storage.stored_name("web/js/home.js")).read_text()
    assert f'from "./{Path(storage.stored_name("web/js/api.js")).name}"' in entry
    assert not re.findall(r'from "\./\w+\.js"', entry)
