"""A film that lies in a bucket, watched on the built-in site."""

import shutil
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Response

from tests.browser.product import Admin, make_clip
from tests.buckets import NAME, bucket_settings, client
from tests.stack import ADMIN_EMAIL, ADMIN_PASSWORD, Stack, running_stack


@pytest.fixture(scope="module")
def stack(s3: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    client(s3).create_bucket(Bucket=NAME)
    directory = tmp_path_factory.mktemp("with-bucket")
    settings = bucket_settings(s3) | {"FRONTEND_URL": "", "SWEEP_SECONDS": "2"}
    with running_stack(directory, **settings) as stack:
        stack.manage("setup_bucket")
        yield stack
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="module")
def film(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> int:
    """The id of a film whose every file lies in the bucket."""
    path = tmp_path_factory.mktemp("clips") / "film.mp4"
    clip = make_clip(path, seconds=12, size="640x360", rate=12)
    admin = Admin(stack)
    video_id = admin.upload(clip, title="Colour Bars", category="Documentary")
    admin.wait_until_complete(video_id)
    return video_id


def test_it_plays_from_the_bucket(stack: Stack, s3: str, film: int, page: Page) -> None:
    segments: list[Response] = []
    page.on("response", lambda answer: segments.append(answer) if _is_segment(answer) else None)
    body = {"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD}
    assert page.context.request.post(f"{stack.url}/api/login/", data=body).ok

    page.goto(f"{stack.url}/watch/{film}/")
    page.wait_for_function("() => video.readyState >= 3")
    page.evaluate("video.muted = true; video.play()")
    page.wait_for_function("() => video.currentTime > 0.5")
    page.evaluate("video.currentTime = video.duration - 1")
    page.wait_for_function("() => video.ended")

    assert {answer.status for answer in segments} == {200}
    assert all(answer.url.startswith(f"{s3}/{NAME}/hls/{film}/") for answer in segments)


def test_its_mp4_plays_without_a_session(stack: Stack, s3: str, film: int, page: Page) -> None:
    link = Admin(stack).get(f"/content/video-url/{film}/?quality=360p")["url"]
    assert link.startswith(s3)

    page.goto(f"{stack.url}/login/")
    page.evaluate(
        """(link) => {
            const video = document.body.appendChild(document.createElement("video"));
            video.id = "film"; video.muted = true; video.src = link; video.play();
        }""",
        link,
    )
    page.wait_for_function("() => film.currentTime > 0.3")


def _is_segment(answer: Response) -> bool:
    return urlsplit(answer.url).path.endswith(".ts")
