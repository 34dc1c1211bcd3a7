"""Play links in players that have no session: other pages, ffmpeg, mpv; and what the site tells."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PORT, VANILLA, configure
from tests.browser.product import Admin, wait_for
from tests.browser.test_foreign_players import MODULES, PLAYERS
from tests.stack import Stack

API = f"http://127.0.0.1:{PORT}"
SECONDS = 12
LINK = re.compile(r"http://[\w.:]+/api/play/[\w.-]+/\d+/master\.m3u8")
TITLE = "Two Languages"
STORED = """
from video_app.insight import flushing
from video_app.models import Viewing
flushing.flush()
for row in Viewing.objects.filter(is_reported=True, is_view=True).order_by("-last_at")[:1]:
    print(row.startup is not None, row.seconds, row.request_id)
"""
MEMBER = """
from tests.people import make_user
make_user("member")
"""


@pytest.fixture(scope="module")
def bilingual(admin: Admin, tmp_path_factory: pytest.TempPathFactory) -> int:
    """A film with two languages and subtitles."""
    folder = tmp_path_factory.mktemp("bilingual")
    words = folder / "en.srt"
    words.write_text(f"1\n00:00:00,000 --> 00:00:{SECONDS},000\nGood morning.\n")
    picture = f"testsrc2=size=640x360:rate=12:duration={SECONDS}"
    inputs = ["-f", "lavfi", "-i", picture]
    for tone in (330, 660):
        inputs += ["-f", "lavfi", "-i", f"sine=frequency={tone}:duration={SECONDS}"]
    maps = "-map 0 -map 1 -map 2 -map 3 -metadata:s:a:0 language=eng -metadata:s:a:1 language=deu"
    coding = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac -c:s srt"
    film = folder / "film.mkv"
    command = ["ffmpeg", "-v", "error", *inputs, "-i", str(words), *maps.split(), *coding.split()]
    subprocess.run([*command, str(film)], check=True)
    video_id = admin.upload(film, title=TITLE, category="Documentary")
    admin.wait_until_complete(video_id)
    return video_id


@pytest.fixture
def link(admin: Admin, bilingual: int) -> str:
    return str(admin._post(f"/api/video/{bilingual}/play-link/", {})["url"])


class TestPrograms:
    def test_ffprobe_finds_every_language(self, link: str):
        show = ["-v", "error", "-show_entries", "stream=codec_name", "-of", "json"]
        found = subprocess.run(["ffprobe", *show, link], capture_output=True, check=True).stdout

        codecs = [stream["codec_name"] for stream in json.loads(found)["streams"]]
        assert codecs.count("h264") >= 2
        assert codecs.count("aac") >= 2

    def test_ffmpeg_decodes_all_without_complaint(self, link: str):
        command = [
            "ffmpeg",
            "-v",
            "error",
            "-i",
            link,
            "-map",
            "0:v:0",
            "-map",
            "0:a",
            "-f",
            "null",
        ]
        done = subprocess.run([*command, "-"], capture_output=True, timeout=120)

        assert (done.returncode, done.stderr) == (0, b"")

    def test_mpv_plays_in_second_language(self, link: str):
        mpv = shutil.which("mpv")
        if mpv is None:
            pytest.skip("needs mpv (Debian: sudo apt install mpv)")
        # Without a terminal and screen; untimed: as fast as it can.
        options = "--no-config --vo=null --ao=null --untimed --alang=de --msg-level=all=warn"
        done = subprocess.run(
            [mpv, *options.split(), link], capture_output=True, text=True, timeout=120
        )

        assert done.returncode == 0, done.stdout
        assert not [line for line in done.stdout.splitlines() if "rror" in line], done.stdout


@pytest.fixture
def elsewhere(product: Stack, origins: None, page: Page) -> Page:
    """A page of another origin, not signed in."""
    if not (MODULES / "shaka-player").is_dir():
        pytest.skip("needs the players: npm ci")
    configure(product, FRONTEND_URL=VANILLA, BACKEND_URL=API)
    page.goto(f"{VANILLA}/players")
    return page


@pytest.mark.parametrize("player", PLAYERS)
def test_plays_on_foreign_page_without_credentials(elsewhere: Page, link: str, player: str) -> None:
    elsewhere.evaluate("([name, url]) => openWith(name, url)", [player, link])
    elsewhere.wait_for_function("video.currentTime > 0.5 && video.videoWidth > 0")
    elsewhere.evaluate("video.currentTime = 8")
    elsewhere.wait_for_function("!video.seeking && video.currentTime > 8.3")

    assert sorted(elsewhere.evaluate("player.languages()")) == ["de", "en"]
    assert elsewhere.evaluate("failures") == []
    assert elsewhere.context.cookies() == []


def test_plays_by_chromium_itself(elsewhere: Page, link: str) -> None:
    """Where it has HLS of its own, as from version 142 on."""
    if not elsewhere.evaluate(
        "document.createElement('video').canPlayType('application/x-mpegURL')"
    ):
        return
    elsewhere.evaluate(
        "url => { video.crossOrigin = 'anonymous'; video.src = url; video.play() }", link
    )
    elsewhere.wait_for_function("video.currentTime > 0.5 && video.videoWidth > 0")


class TestSite:
    @pytest.fixture
    def watching(self, site: Stack, page: Page, bilingual: int) -> Page:
        """A member who watches."""
        site.manage("shell", "-v", "0", "-c", MEMBER)
        body = {"email": "member@example.org", "password": "a long password"}
        assert page.context.request.post(f"{site.url}/api/login/", data=body).ok
        page.goto(f"{site.url}/watch/{bilingual}/")
        return page

    def test_reports_how_it_played_and_gives_link(
        self, site: Stack, watching: Page, tmp_path: Path
    ):
        played = "document.querySelector('#video').currentTime"
        wait_for(lambda: watching.evaluate(played) > 3, "three seconds of the film")
        watching.locator("#player").hover()
        watching.get_by_role("button", name="Watch on another device").click()
        expect(watching.locator("#elsewhere-link")).to_have_value(LINK)
        width = "document.querySelector('#elsewhere-qr').naturalWidth"
        wait_for(lambda: watching.evaluate(width) > 50, "the QR code", 10)
        watching.screenshot(path=tmp_path / "elsewhere.png")
        watching.goto("about:blank")

        told = wait_for(lambda: site.manage("shell", "-v", "0", "-c", STORED).strip(), "a view", 20)
        is_timed, seconds, request_id = told.split()
        assert is_timed == "True"
        assert 2.5 < float(seconds) < SECONDS + 1
        assert len(request_id) > 8
