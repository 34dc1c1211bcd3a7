"""The three front ends of CONTRACT.md play from their own origins."""

from playwright.sync_api import Response

from tests.browser.frontends import FrontEnd
from tests.stack import ADMIN_EMAIL, ADMIN_PASSWORD

ADMIN = {"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD}


def test_p_plays_the_qualities_and_seeks_to_the_end(p: FrontEnd, film: int) -> None:
    p.post("/login/", ADMIN)

    for height in (480, 720, 1080, 480):
        p.watch(f"/video/{film}/{height}p/index.m3u8", height)
    p.page.evaluate("video.currentTime = video.duration - 1")

    p.until("video.ended")
    assert p.page.evaluate("failures") == []
    assert p.redirects == []


def test_a_plays_and_seeks_the_progressive_file_without_cookies(a: FrontEnd, film: int) -> None:
    a.post("/users/login/", ADMIN | {"remember": False})
    url = a.get(f"/content/video-url/{film}/?quality=360p")["body"]["url"]
    answers: list[Response] = []
    a.page.on("response", lambda answer: answers.append(answer))
    a.page.context.clear_cookies()

    a.page.evaluate("url => { video.src = url; return video.play(); }", url)
    a.until("video.videoHeight === 360 && video.currentTime > 0.3")
    a.page.evaluate("video.currentTime = video.duration - 1")

    a.until("video.ended")
    assert {answer.status for answer in answers if answer.url == url} == {206}


def test_a_toggles_a_favourite(a: FrontEnd, film: int) -> None:
    a.post("/users/login/", ADMIN | {"remember": False})

    assert a.post("/content/add-favorite/", {"video_id": film})["body"] == [film]
    assert a.post("/content/add-favorite/", {"video_id": film})["body"] == []


def test_v_plays_480_720_1080_and_back_and_seeks_to_the_end(v: FrontEnd, film: int) -> None:
    v.post("login/", ADMIN)

    for height in (480, 720, 1080, 480):
        v.watch(f"video/{film}/{height}p/index.m3u8", height)
    v.page.evaluate("video.currentTime = video.duration - 1")

    v.until("video.ended")
    assert v.page.evaluate("failures") == []
    assert v.redirects == []


def test_v_plays_the_master_and_changes_levels(v: FrontEnd, film: int) -> None:
    v.post("login/", ADMIN)
    v.page.evaluate("url => playHls(url)", f"{v.api}video/{film}/master.m3u8")
    v.until("video.currentTime > 0.3")

    for height in (480, 1080):
        v.page.evaluate(
            """height => {
                hls.currentLevel = hls.levels.findIndex((level) => level.height === height);
                video.currentTime = 1;
            }""",
            height,
        )
        v.until(f"video.videoHeight === {height}")
    assert v.page.evaluate("failures") == []
