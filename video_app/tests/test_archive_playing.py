"""Playing films from a bucket: who is sent where."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings as django_settings
from django.test import Client

from video_app.models import Video
from video_app.store import bucket
from video_app.streaming import publication
from video_app.tests.archive import (
    addresses,
    age,
    get,
    store_build,
    tidied,
)
from video_app.tests.films import (
    segment_bytes,
)

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("own_media", "with_bucket"),
]


def raise_bucket_error(key: str) -> str:
    raise bucket.BucketError("no credentials")


class TestPlaying:
    def test_sends_players_to_the_bucket(self, stored: Video, member: Client):
        response = member.get(f"/api/video/{stored.pk}/720p/index.m3u8")

        found = addresses(response)
        assert len(found) == 4
        assert get(found[2])[1] == segment_bytes(stored.current_build, "720p", 2)
        assert parse_qs(urlsplit(found[2]).query)["X-Amz-Expires"] == ["28800"]

    def test_gives_each_rendition_its_own_segments(self, stored: Video, member: Client):
        for rung in ("360p", "720p"):
            found = addresses(member.get(f"/api/video/{stored.pk}/{rung}/index.m3u8"))
            assert get(found[0])[1] == segment_bytes(stored.current_build, rung, 0)

    def test_reads_byte_ranges_for_trick_play(self, stored: Video, member: Client):
        found = addresses(member.get(f"/api/video/{stored.pk}/360p/iframes.m3u8"))

        status, body, _ = get(found[0], Range="bytes=188-375")
        assert (status, body) == (206, segment_bytes(stored.current_build, "360p", 0)[188:376])

    def test_keeps_master_playlist_here(self, stored: Video, member: Client):
        found = addresses(member.get(f"/api/video/{stored.pk}/master.m3u8"))

        build = stored.current_build.pk
        assert found == [f"{rung}/index.m3u8?b={build}" for rung in ("720p", "360p")]

    def test_plays_from_here_before_it_is_stored(self, store: Any, film: Video, member: Client):
        path = f"/api/video/{film.pk}/720p/index.m3u8"
        assert addresses(member.get(path))[0] == f"000.ts?b={film.current_build.pk}"

        store_build(film.current_build)

        assert addresses(member.get(path))[0].startswith(django_settings.AWS_S3_ENDPOINT_URL)

    def test_answers_304_for_unchanged_playlist(self, stored: Video, member: Client):
        path = f"/api/video/{stored.pk}/720p/index.m3u8"
        tag = member.get(path)["ETag"]

        assert member.get(path, headers={"if-none-match": tag}).status_code == 304

    def test_serves_player_that_began_before_from_here(self, stored: Video, member: Client):
        answer = member.get(f"/api/video/{stored.pk}/720p/001.ts?b={stored.current_build.pk}")

        assert b"".join(answer.streaming_content) == segment_bytes(stored.current_build, "720p", 1)

    def test_redirects_for_segment_that_is_only_there(self, stored: Video, member: Client):
        age(stored.current_build, django_settings.RETIRED_BUILD_SECONDS + 1)
        tidied()

        answer = member.get(f"/api/video/{stored.pk}/720p/001.ts")

        assert (answer.status_code, answer["Cache-Control"]) == (302, "no-store")
        assert get(answer["Location"])[1] == segment_bytes(stored.current_build, "720p", 1)

    def test_links_to_mp4_in_the_bucket(self, stored: Video, member: Client):
        link = member.get(f"/content/video-url/{stored.pk}/?quality=720p").json()["url"]

        assert link.startswith(django_settings.AWS_S3_ENDPOINT_URL)
        status, body, headers = get(link, Range="bytes=5-9")
        assert (status, body, headers["Content-Type"]) == (206, b"720p ", "video/mp4")

    def test_answers_503_for_link_that_cannot_be_made(
        self, stored: Video, member: Client, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr(bucket, "url", raise_bucket_error)

        answer = member.get(f"/api/video/{stored.pk}/720p/index.m3u8")

        assert (answer.status_code, list(answer.json())) == (503, ["detail"])

    @pytest.mark.parametrize("path", ["720p/index.m3u8", "720p/000.ts", "master.m3u8"])
    def test_gives_no_link_to_who_may_not_see_it(self, stored: Video, member: Client, path: str):
        assert Client().get(f"/api/video/{stored.pk}/{path}").status_code == 401
        publication.set_published([stored.pk], is_published=False)
        assert member.get(f"/api/video/{stored.pk}/{path}").status_code == 404
