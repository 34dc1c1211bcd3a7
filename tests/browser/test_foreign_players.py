"""Shaka, Video.js and two versions of hls.js, from npm, on another origin than the API's."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import PORT, VANILLA, configure
from tests.browser.product import Admin, make_clip, wait_for
from tests.stack import ADMIN_EMAIL, ADMIN_PASSWORD, Stack

MODULES = Path(__file__).parent.parent.parent / "node_modules"
PLAYERS = ["hls.js", "hls.js 1.4", "shaka", "video.js"]
API = f"http://127.0.0.1:{PORT}"
SECONDS = 24
TONES = {"en": 330, "de": 660, "fr": 1320}
WORDS = {"en": "Good morning.", "de": "Guten Morgen."}
THREE_LETTERS = {"en": "eng", "de": "deu", "fr": "fra"}


@pytest.fixture(scope="module")
def trilingual(admin: Admin, tmp_path_factory: pytest.TempPathFactory) -> int:
    """A film with three languages, each a tone of its own, and subtitles in two."""
    folder = tmp_path_factory.mktemp("trilingual")
    inputs = ["-f", "lavfi", "-i", f"testsrc2=size=640x360:rate=12:duration={SECONDS}"]
    marks: list[str] = []
    for number, (language, tone) in enumerate(TONES.items()):
        inputs += ["-f", "lavfi", "-i", f"sine=frequency={tone}:duration={SECONDS}"]
        marks += [f"-metadata:s:a:{number}", f"language={THREE_LETTERS[language]}"]
    for number, (language, words) in enumerate(WORDS.items()):
        subtitles = folder / f"{language}.srt"
        subtitles.write_text(f"1\n00:00:00,000 --> 00:00:{SECONDS},000\n{words}\n")
        inputs += ["-i", str(subtitles)]
        marks += [f"-metadata:s:s:{number}", f"language={THREE_LETTERS[language]}"]
    maps = [word for number in range(1 + len(TONES) + len(WORDS)) for word in ("-map", str(number))]
    coding = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac -c:s srt"
    film = folder / "film.mkv"
    command = ["ffmpeg", "-v", "error", *inputs, *maps, *marks, *coding.split(), str(film)]
    subprocess.run(command, check=True)
    video_id = admin.upload(film, title="Three Languages", category="Documentary")
    admin.wait_until_complete(video_id)
    return video_id


@pytest.fixture(scope="module")
def growing(
    admin: Admin, product: Stack, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[int]:
    """A film of ten minutes of which the first can be played.

    A player that goes for the live edge stays some 20 seconds behind it: a minute tells.
    """
    clip = tmp_path_factory.mktemp("growing") / "film.mp4"
    make_clip(clip, seconds=600, size="1280x720", rate=12)
    video_id = admin.upload(clip, title="Growing", category="Drama")
    admin.wait_until_playable(video_id)
    wait_for(lambda: seconds_ready(admin, video_id) > 60, "a minute of the film", 240)
    yield video_id
    product.manage("shell", "-c", _delete(video_id))


def seconds_ready(admin: Admin, video_id: int) -> float:
    playlist = admin.get_text(f"/api/video/{video_id}/360p/index.m3u8")
    return sum(float(seconds) for seconds in re.findall(r"#EXTINF:([\d.]+)", playlist))


def _delete(video_id: int) -> str:
    return f"from video_app.models import Video; Video.objects.get(pk={video_id}).delete()"


@pytest.fixture
def stranger(product: Stack, origins: None, page: Page) -> Page:
    """The page with the players, on its own origin, signed in."""
    if not (MODULES / "shaka-player").is_dir():
        pytest.skip("needs the players: npm ci")
    configure(product, FRONTEND_URL=VANILLA, BACKEND_URL=API)
    page.goto(f"{VANILLA}/players")
    answer = page.evaluate(
        "([url, body]) => call('POST', url, body)",
        [f"{API}/api/login/", {"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD}],
    )
    assert answer["status"] == 200
    return page


def open_film(page: Page, player: str, film: int) -> None:
    url = f"{API}/api/video/{film}/master.m3u8"
    page.evaluate("([name, url]) => openWith(name, url)", [player, url])


def until(page: Page, condition: str) -> None:
    page.wait_for_function(f"async () => {condition}")


def until_heard(page: Page, language: str) -> None:
    """The sound itself has changed, not only what the player says of it."""
    until(page, f"Math.abs(await heard() - {TONES[language]}) < 15")


@pytest.mark.parametrize("player", PLAYERS)
def test_plays_seeks_and_ends(stranger: Page, trilingual: int, player: str) -> None:
    open_film(stranger, player, trilingual)
    until(stranger, "video.currentTime > 0.5 && video.videoWidth > 0")

    for second in (15, 4):
        stranger.evaluate("second => { video.currentTime = second }", second)
        until(stranger, f"!video.seeking && video.currentTime > {second} + 0.3")
    stranger.evaluate("video.currentTime = video.duration - 1")

    until(stranger, "video.ended")
    assert abs(stranger.evaluate("video.duration") - SECONDS) < 0.5
    assert stranger.evaluate("failures") == []


@pytest.mark.parametrize("player", PLAYERS)
def test_switches_to_every_language_and_back(stranger: Page, trilingual: int, player: str) -> None:
    open_film(stranger, player, trilingual)
    until_heard(stranger, "en")
    assert sorted(stranger.evaluate("player.languages()")) == ["de", "en", "fr"]

    for language in ("de", "en", "fr", "en"):
        stranger.evaluate("language => player.speak(language)", language)
        stranger.evaluate("video.currentTime = 1")
        until_heard(stranger, language)
        assert stranger.evaluate("player.spoken()") == language

    assert stranger.evaluate("failures") == []


@pytest.mark.parametrize("player", PLAYERS)
def test_switches_subtitles_and_off(stranger: Page, trilingual: int, player: str) -> None:
    open_film(stranger, player, trilingual)
    until(stranger, "video.currentTime > 0.3")

    for language in ("de", "en", "de"):
        stranger.evaluate("language => player.subtitle(language)", language)
        until(stranger, f"shownWords() === {WORDS[language]!r}")
    stranger.evaluate("player.subtitle(null)")

    until(stranger, "shownWords() === ''")
    assert stranger.evaluate("failures") == []


@pytest.mark.parametrize("player", PLAYERS)
def test_starts_a_growing_film_at_0(
    stranger: Page, admin: Admin, growing: int, player: str
) -> None:
    """It has a layer that is behind the other, of which the master says nothing yet."""
    open_film(stranger, player, growing)
    until(stranger, "video.currentTime > 0.1 && video.videoWidth > 0")

    assert stranger.evaluate("video.currentTime") < 4
    until(stranger, "video.currentTime > 2")
    assert stranger.evaluate("failures") == []
    assert not admin.get(f"/api/video/{growing}/status/")["processed"], "it stopped growing"
