"""Play links in players that have no session: other pages, ffplay, mpv, VLC, Google's receiver; and
what the site tells of how it played."""

import json
import os
import re
import shutil
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PORT, VANILLA, configure
from tests.browser.console import Console
from tests.browser.product import Admin, wait_for
from tests.browser.test_foreign_players import MODULES, PLAYERS
from tests.stack import ADMIN_EMAIL, ADMIN_PASSWORD, Stack

API = f"http://127.0.0.1:{PORT}"
SECONDS = 12
LINK = re.compile(r"http://[\w.:]+/api/play/[\w.-]+/\d+/master\.m3u8")
TITLE = "Two Languages"
STORED = """
import json
from video_app.insight import flushing
from video_app.models import Viewing
flushing.flush()
names = ("seconds", "startup", "stalls", "end", "problem", "request_id")
for row in Viewing.objects.filter(is_reported=True).exclude(end="").order_by("-last_at")[:1]:
    print(json.dumps({name: getattr(row, name) for name in names}))
    row.delete()
"""
MEMBER = """
from auth_app.models import User
from tests.people import make_user
from video_app.insight import flushing
from video_app.models import Viewing
flushing.flush()
Viewing.objects.all().delete()
print(User.objects.filter(email="member@example.org").first() or make_user("member"))
"""
PLAYED = """[...Array(video.played.length).keys()]
    .reduce((sum, n) => sum + video.played.end(n) - video.played.start(n), 0)"""


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


def streams_of(address: str) -> list[Any]:
    show = ["-v", "error", "-show_entries", "stream=codec_name", "-of", "json"]
    told = subprocess.run(["ffprobe", *show, address], capture_output=True, check=True).stdout
    return list(json.loads(told)["streams"])


def found(program: str, package: str) -> str:
    path = shutil.which(program)
    if path is None:
        pytest.skip(f"needs {program} (Debian: sudo apt install {package})")
    return path


class TestPrograms:
    def test_ffprobe_finds_every_language(self, link: str):
        codecs = [stream["codec_name"] for stream in streams_of(link)]
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

    def test_ffplay_plays_without_complaint(self, link: str):
        """In its own time, into a window and a loudspeaker that are not there."""
        nowhere = {"SDL_VIDEODRIVER": "dummy", "SDL_AUDIODRIVER": "dummy"}
        ffplay = found("ffplay", "ffmpeg")
        command = [ffplay, "-v", "error", "-autoexit", "-t", "3", link]
        env = {**os.environ, **nowhere}
        done = subprocess.run(command, capture_output=True, timeout=60, env=env)

        assert (done.returncode, done.stderr) == (0, b"")

    def test_vlc_reads_picture_and_sound(self, link: str):
        """It keeps what it plays in a file, because its own word is no proof."""
        vlc = found("cvlc", "vlc-bin vlc-plugin-base")
        # It refuses to be run as root; pytest's own folders are closed to others.
        who = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
        with tempfile.TemporaryDirectory() as folder:
            Path(folder).chmod(0o777)
            sout = f"--sout=#std{{access=file,mux=ts,dst={folder}/kept.ts}}"
            command = [vlc, "--play-and-exit", "--run-time=6", sout, link, "vlc://quit"]
            env = {**os.environ, "HOME": folder}
            subprocess.run(command, capture_output=True, timeout=60, cwd=folder, env=env, **who)

            kept = {stream["codec_name"] for stream in streams_of(f"{folder}/kept.ts")}
        assert kept == {"h264", "aac"}

    def test_mpv_plays_in_second_language(self, link: str):
        mpv = found("mpv", "mpv")
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
        pytest.skip("needs a Chromium from version 142 on, which plays HLS itself")
    elsewhere.evaluate(
        "url => { video.crossOrigin = 'anonymous'; video.src = url; video.play() }", link
    )
    elsewhere.wait_for_function("video.currentTime > 0.5 && video.videoWidth > 0")


# The least of Google's sender, in the place of its script.
SENDER = """
const loaded = (window.loaded = []);
const context = Object.assign(new EventTarget(), {
    setOptions: () => {}, getCastState: () => "NOT_CONNECTED",
    requestSession: async () => undefined,
    getCurrentSession: () => ({ loadMedia: async (request) => loaded.push(request) }),
});
window.chrome = { cast: { AutoJoinPolicy: {}, media: {
    StreamType: { BUFFERED: "BUFFERED" }, HlsSegmentFormat: { TS: "ts" },
    HlsVideoSegmentFormat: { MPEG2_TS: "mpeg2_ts" }, GenericMediaMetadata: class {},
    MediaInfo: function (contentId, contentType) {
        Object.assign(this, { contentId, contentType });
    },
    LoadRequest: function (media) { this.media = media; },
} } };
window.cast = { framework: {
    CastContext: { getInstance: () => context }, CastState: { NO_DEVICES_AVAILABLE: "none" },
    CastContextEventType: { CAST_STATE_CHANGED: "changed" },
} };
__onGCastApiAvailable(true);
"""


class TestCast:
    """The receiver is not there, but what it would be told is looked at with ffmpeg."""

    @pytest.fixture
    def asked(self, site: Stack, page: Page) -> list[str]:
        """Addresses of third parties that the page asks for."""
        body = {"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD}
        assert page.context.request.post(f"{site.url}/api/login/", data=body).ok
        asked: list[str] = []
        is_foreign = re.compile(rf"^https?://(?!{re.escape(site.url.split('//')[1])}/)")
        page.route(is_foreign, lambda route: asked.append(route.request.url) or route.fulfill(
            body=SENDER, content_type="text/javascript"))  # fmt: skip
        return asked

    def test_asks_no_third_party_without_it(
        self, site: Stack, page: Page, bilingual: int, asked: list[str]
    ):
        page.goto(f"{site.url}/watch/{bilingual}/")
        page.wait_for_function("() => video.readyState >= 3")

        expect(page.locator("#cast")).to_be_hidden()
        assert asked == []

    @pytest.fixture
    def casting(self, site: Stack) -> Iterator[None]:
        for setting in ("True", "False"):
            configure(site, FRONTEND_URL="", BACKEND_URL=site.url, CAST=setting)
            if setting == "True":
                yield

    def test_tells_receiver_of_link_and_of_its_transport_streams(
        self, casting: None, site: Stack, page: Page, bilingual: int, asked: list[str]
    ):
        page.goto(f"{site.url}/watch/{bilingual}/?t=0")
        page.wait_for_function("() => video.readyState >= 3")
        page.locator("#player").hover()
        page.get_by_role("button", name="Cast").click()
        page.wait_for_function("() => loaded.length === 1 && video.paused")

        (request,) = page.evaluate("loaded")
        media = request["media"]
        assert asked == [
            "https://www.gstatic.com/cv/js/sender/v1/cast_sender.js?loadCastFramework=1"
        ]
        assert media["contentType"] == "application/x-mpegURL"
        assert (media["hlsSegmentFormat"], media["hlsVideoSegmentFormat"]) == ("ts", "mpeg2_ts")
        assert LINK.fullmatch(media["contentId"])
        assert set(containers_below(media["contentId"])) == {"mpegts"}


def containers_below(master: str) -> list[str]:
    """Of the first segment of every playlist that the master lists, as a receiver fetches it."""
    found = []
    for playlist in lines_of(master, r'^[^#\s].*$|TYPE=AUDIO.*URI="([^"]+)"'):
        segment = lines_of(playlist, r"^[^#\s].*$")[0]
        show = ["ffprobe", "-v", "error", "-show_entries", "format=format_name", "-of", "csv=p=0"]
        done = subprocess.run([*show, segment], capture_output=True, text=True, check=True)
        found.append(done.stdout.strip())
    assert len(found) > 2
    return found


def lines_of(address: str, pattern: str) -> list[str]:
    with urllib.request.urlopen(address, timeout=20) as answer:
        text = answer.read().decode()
    lines = re.finditer(pattern, text, re.M)
    return [urljoin(address, line[1] if line.lastindex else line[0]) for line in lines]


class TestSite:
    @pytest.fixture
    def watching(self, site: Stack, page: Page, bilingual: int) -> Page:
        """A member who watches."""
        if not site.manage("shell", "-v", "0", "-c", MEMBER).strip():
            pytest.fail("there is no member")
        body = {"email": "member@example.org", "password": "a long password"}
        assert page.context.request.post(f"{site.url}/api/login/", data=body).ok
        page.goto(f"{site.url}/watch/{bilingual}/?t=0")
        return page

    def test_gives_link_and_code(self, watching: Page, tmp_path: Path):
        watching.wait_for_function("() => video.readyState >= 3")
        watching.locator("#player").hover()
        watching.get_by_role("button", name="Watch on another device").click()
        expect(watching.locator("#elsewhere-link")).to_have_value(LINK)
        width = "document.querySelector('#elsewhere-qr').naturalWidth"
        wait_for(lambda: watching.evaluate(width) > 50, "the QR code", 10)
        watching.screenshot(path=tmp_path / "elsewhere.png")

    def test_reports_true_seconds_of_closed_tab(self, site: Stack, watching: Page):
        """What the browser says that it played, with a pause and a seek, is what is stored."""
        watching.wait_for_function("() => video.currentTime > 3")
        watching.evaluate("video.pause()")
        watching.wait_for_timeout(1000)
        watching.evaluate("video.currentTime = 6; video.play()")
        watching.wait_for_function("() => video.currentTime > 9")
        played = watching.evaluate(PLAYED)
        watching.close()

        told = last_viewing(site)
        assert abs(told["seconds"] - played) <= 0.02 * played + 0.2
        assert told["startup"] is not None
        assert (told["end"], told["stalls"]) == ("left", 0)

    def test_names_the_answer_that_stopped_it(self, site: Stack, watching: Page, console: Console):
        """Why did it stop? The viewing's id of a request is that of our log's line."""
        watching.route("**/master.m3u8*", lambda route: route.fulfill(
            response=route.fetch(), status=404, body=""))  # fmt: skip
        watching.reload()
        expect(watching.get_by_role("alertdialog", name="This film is not here")).to_be_visible()

        told = last_viewing(site)
        lines = [line for line in site.log("web").splitlines() if told["request_id"] in line]
        assert (told["end"], told["problem"]) == ("error", "missing")
        assert any("/master.m3u8" in line for line in lines)
        console.forgive("404")


def last_viewing(site: Stack) -> Any:
    """As staff see it."""
    stored = lambda: site.manage("shell", "-v", "0", "-c", STORED).strip()  # noqa: E731
    return json.loads(wait_for(stored, "a viewing that has ended", 20))
