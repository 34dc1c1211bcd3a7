"""The built-in site's pages: headers, what the cookies choose, and what they load."""

import gzip
import hashlib
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client

from core.staticfiles import HashedModules
from tests.people import make_user, signed_in
from video_app.catalogue.greeting import share_key
from video_app.models import Build
from video_app.tests.films import make_film

pytestmark = pytest.mark.django_db

PAGES = [
    "/",
    "/watch/1/",
    "/film/1/",
    "/films/",
    "/browse/",
    "/series/",
    "/series/1/",
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

    named = re.findall(rf'(?:src|href)="{settings.STATIC_URL}([^"#]+)', client.get(path).text)

    assert named
    assert [name for name in named if finders.find(name) is None] == []


@pytest.mark.parametrize(
    ("tracks", "script"), [({}, "hls.light.min.js"), ({"subtitles": 2}, "hls.min.js")]
)
def test_watch_page_loads_at_once_the_player_that_the_film_needs(
    tracks: dict[str, int], script: str
) -> None:
    film = make_film()
    Build.objects.filter(pk=film.current_build_id).update(**tracks)

    page = signed_in(make_user()).get(f"/watch/{film.pk}/").text

    assert preloaded(page) == [f"vendor/hls/{script}"]


def test_watch_page_tells_nobody_of_films_that_are_not_for_them() -> None:
    hidden = make_film(is_published=False)
    client = signed_in(make_user())
    stranger = Client()
    stranger.cookies.load({"access_token": "forged"})

    assert preloaded(client.get(f"/watch/{hidden.pk}/").text) == []
    assert preloaded(client.get("/watch/999999/").text) == []
    assert preloaded(stranger.get(f"/watch/{hidden.pk}/").text) == []
    assert preloaded(Client().get(f"/watch/{hidden.pk}/").text) == []


def preloaded(page: str) -> list[str]:
    """The scripts, by their names below the static files."""
    links = re.findall(r'<link rel="preload" as="script" href="([^"]+)"', page)
    return [link.partition(settings.STATIC_URL)[2] for link in links]


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
    assert finders.find(response["Location"].removeprefix(settings.STATIC_URL)) is not None


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


def test_compresses_pages(client: Client) -> None:
    plain = client.get("/watch/1/")
    small = client.get("/watch/1/", headers={"Accept-Encoding": "gzip"})

    assert small["Content-Encoding"] == "gzip"
    assert len(small.content) < len(plain.content) / 2
    assert gzip.decompress(small.content)[:15] == plain.content[:15]


def test_preloads_the_master_that_the_player_asks_for(client: Client) -> None:
    script = (Path(settings.SITE_FILES) / "web/js/films.js").read_text()
    wanted = re.findall(r"masterUrl = \(id\) => `([^`]+)`", script)[0].replace("${id}", "7")
    client.cookies.load({"access_token": "anything"})

    assert f'<link rel="preload" as="fetch" crossorigin="anonymous" href="{wanted}">' in (
        client.get("/watch/7/").text
    )


def test_rewrites_imports_to_hashed_names(tmp_path: Path) -> None:
    shutil.copytree(Path(settings.BASE_DIR) / "static/web/js", tmp_path / "web/js")
    storage = HashedModules(location=tmp_path, base_url="/static/")
    names = [str(file.relative_to(tmp_path)) for file in tmp_path.glob("web/js/**/*.js")]

    list(storage.post_process({name: (storage, name) for name in names}))

    entry = (tmp_path / storage.stored_name("web/js/home.js")).read_text()
    assert f'from "./{Path(storage.stored_name("web/js/api.js")).name}"' in entry
    assert not re.findall(r'from "\./\w+\.js"', entry)


class TestFilmPage:
    """What a stranger with an address learns: a title that every member may see, or nothing."""

    def test_greets_strangers_with_title(self, client: Client):
        film = make_film("Sintel <3")

        page = client.get(f"/film/{film.pk}/?key={share_key(film.pk)}").content.decode()

        assert "Watch “Sintel &lt;3”" in page
        assert '<meta property="og:title" content="Sintel &lt;3">' in page

    @pytest.mark.parametrize("fields", [{"is_published": False}, {"audience": "groups"}])
    def test_names_no_hidden_film(self, client: Client, fields: dict[str, Any]):
        hidden = make_film("Secret", **fields)

        page = client.get(f"/film/{hidden.pk}/?key={share_key(hidden.pk)}").content.decode()

        assert "Secret" not in page
        unknown = client.get("/film/99999999999999999999/").content.decode()
        assert re.sub(r"\d+", "", page) == re.sub(r"\d+", "", unknown)

    @pytest.mark.parametrize("key", ["", "wrong", "ä"])
    def test_names_no_film_that_was_not_shared(self, client: Client, key: str):
        film, other = make_film("Secret"), make_film("Other")

        for given in (key, share_key(other.pk)):
            page = client.get(f"/film/{film.pk}/", {"key": given}).content.decode()
            assert "Secret" not in page

    def test_asks_no_database_for_members(self, client: Client, django_assert_num_queries: Any):
        client.cookies["access_token"] = "any"

        with django_assert_num_queries(0):
            assert "film-page" in client.get("/film/1/").content.decode()
