"""Films whose every file lies in a bucket: from the upload to the player, with real ffmpeg."""

import hashlib
import io
import os
import subprocess
import urllib.request
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from tests.people import make_user
from video_app.ingest import receiving, uploads
from video_app.models import (
    Build,
    Chunk,
    ChunkState,
    State,
    Tombstone,
    Upload,
    Video,
    held_keys,
)
from video_app.pipeline import layout
from video_app.pipeline.ffmpeg import find_ffmpeg
from video_app.store import blocks, identity, local, multipart, the_store
from video_app.streaming import film_cache
from video_app.tests.conftest import Encoder
from video_app.tests.films import ago, make_encoding, run, segment_bytes, work_under, write
from video_app.work import attempts, cleanup, encoding, extras, finishing, planning, posters
from video_app.work import stored as room
from video_app.work.lease import claim

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("store"),
]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Eight seconds with sound; its index lies at its end."""
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    picture = ["-f", "lavfi", "-i", "testsrc2=s=256x144:r=12:d=8"]
    sound = ["-f", "lavfi", "-i", "sine=d=8"]
    coding = ["-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", "-y", str(path)]
    subprocess.run([find_ffmpeg(), "-v", "error", *picture, *sound, *coding], check=True)
    return path.read_bytes()


@pytest.fixture
def uploaded(clip: bytes) -> Video:
    """A film that nobody has looked at."""
    call_command("setup_bucket")
    file = SimpleUploadedFile("clip.mp4", clip)
    return Video.objects.create(title="Clip", video_file=file)


@pytest.fixture
def stored(film: Video, store: Any) -> Build:
    """A film that was made in a folder, brought into the bucket."""
    poster = layout.poster_key(film.pk, 1)
    write(poster, b"poster")
    call_command("setup_bucket")
    call_command("adopt_films")
    return Build.objects.get()


def addresses(response: Any) -> list[str]:
    return [line for line in response.content.decode().splitlines() if line and line[0] != "#"]


def get(url: str, **headers: str) -> tuple[int, bytes, Any]:
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
        return answer.status, answer.read(), answer.headers


def local_files(media: Path) -> list[str]:
    """What lies on this machine, but for the blocks that were read."""
    found = (path for path in media.rglob("*") if path.is_file())
    return [local.key(path) for path in found if blocks.FOLDER not in path.parts]


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def test_keeps_upload_in_the_bucket(uploaded: Video, media: Path, clip: bytes) -> None:
    assert the_store().size(uploaded.video_file.name) == uploaded.size == len(clip)
    assert local_files(media) == []


@pytest.mark.ffmpeg
def test_makes_film_in_the_bucket(uploaded: Video, media: Path, member: Client) -> None:
    path = f"/api/video/{uploaded.pk}/120p/index.m3u8"
    assert run(planning.KIND, pk=uploaded.pk)
    build = Build.objects.get()

    # Its first chunk is played from there at once.
    assert run(encoding.KIND, build=build, index=0)
    answer = member.get(path)
    assert b"EXT-X-ENDLIST" not in answer.content
    (link,) = addresses(answer)
    assert len(get(link)[1]) == Chunk.objects.get(index=0).report["120p"][0]["size"]

    for index in range(1, build.plan.chunks):
        assert run(encoding.KIND, build=build, index=index)
    for kind in (finishing.KIND, extras.KIND):
        assert run(kind, pk=build.pk)
    assert run(posters.KIND, pk=uploaded.pk)

    video = Video.objects.get()
    assert (video.state, video.poster) == (State.COMPLETED, layout.poster_key(video.pk, 1))
    there = the_store().sizes("hls") | the_store().sizes("posters")
    assert set(build.segment_keys("120p")) < set(there)
    assert {video.poster, f"{build.prefix}/120p.mp4"} < set(there)
    assert layout.storyboard_key(build.prefix, 0) in there
    assert local_files(media) == []
    assert len(addresses(member.get(path))) == build.plan.segments

    # What staff are told of the bucket's room is what lies there.
    assert room.measure() == 1
    there |= the_store().sizes("sources")
    counted = sum(size for key, size in there.items() if key.endswith((".ts", ".mp4")))
    assert room.stored() == room.Stored(films=1, bytes=counted, is_all=True)


def test_links_players_to_the_bucket(stored: Build, member: Client) -> None:
    found = addresses(member.get(f"/api/video/{stored.video_id}/360p/index.m3u8"))

    assert [get(link)[1] for link in found] == [
        segment_bytes(stored, "360p", number) for number in range(4)
    ]
    seconds = int(stored.plan.duration) + 2 * 3600
    assert int(parse_qs(urlsplit(found[0]).query)["X-Amz-Expires"][0]) >= seconds


def test_keeps_addresses_of_segments_that_others_stood_for(member: Client, stored: Build) -> None:
    found = addresses(member.get(f"/api/video/{stored.video_id}/720p/index.m3u8"))

    assert found == [f"00{number}.ts?b={stored.pk}" for number in range(4)]


def test_keeps_master_playlist_here(stored: Build, member: Client) -> None:
    found = addresses(member.get(f"/api/video/{stored.video_id}/master.m3u8"))
    assert found == [f"{rung}/index.m3u8?b={stored.pk}" for rung in ("720p", "360p")]


def test_signs_for_the_address_that_browsers_know(
    stored: Build, member: Client, settings: Any
) -> None:
    settings.AWS_S3_PUBLIC_ENDPOINT_URL = "https://films.example"

    found = addresses(member.get(f"/api/video/{stored.video_id}/360p/index.m3u8"))

    assert found[0].startswith("https://films.example/films/hls/")


def test_reads_byte_ranges_for_trick_play(stored: Build, member: Client) -> None:
    found = addresses(member.get(f"/api/video/{stored.video_id}/360p/iframes.m3u8"))

    status, body, _ = get(found[0], Range="bytes=188-375")
    assert (status, body) == (206, segment_bytes(stored, "360p", 0)[188:376])


def test_links_to_mp4(stored: Build, member: Client) -> None:
    link = member.get(f"/content/video-url/{stored.video_id}/?quality=720p").json()["url"]

    status, body, headers = get(link, Range="bytes=5-9")
    assert (status, body, headers["Content-Type"]) == (206, b"720p ", "video/mp4")


def test_sends_poster_itself(stored: Build, member: Client) -> None:
    assert body(member.get(f"/api/video/{stored.video_id}/thumbnail.jpg")) == b"poster"


def test_redirects_for_segments_asked_for_here(stored: Build, member: Client) -> None:
    answer = member.get(f"/api/video/{stored.video_id}/720p/001.ts")

    assert (answer.status_code, answer["Cache-Control"]) == (302, "no-store")
    assert get(answer["Location"])[1] == segment_bytes(stored, "720p", 1)


class TestPassingThrough:
    @pytest.fixture(autouse=True)
    def _no_links(self, settings: Any) -> None:
        settings.BUCKET_LINKS = False

    def test_lists_own_addresses(self, stored: Build, member: Client) -> None:
        found = addresses(member.get(f"/api/video/{stored.video_id}/720p/index.m3u8"))
        assert found[0] == f"000.ts?b={stored.pk}"

    def test_sends_segments(self, stored: Build, member: Client) -> None:
        size = Chunk.objects.get(index=0).report["720p"][0]["size"]
        path = f"/api/video/{stored.video_id}/720p/000.ts"

        assert len(body(member.get(path))) == size
        some = member.get(path, headers={"range": "bytes=188-375"})
        assert (some.status_code, some["Content-Range"]) == (206, f"bytes 188-375/{size}")
        assert body(some) == body(member.get(path))[188:376]
        beyond = member.get(path, headers={"range": f"bytes={size}-"})
        assert (beyond.status_code, beyond["Content-Range"]) == (416, f"bytes */{size}")

    def test_reports_missing_segment(self, stored: Build, member: Client) -> None:
        the_store().remove(stored.segment_keys("720p")[0])

        answer = member.get(f"/api/video/{stored.video_id}/720p/000.ts")

        assert answer.status_code == 503
        assert Chunk.objects.get(index=0).state == ChunkState.DUE

    def test_without_links_where_credentials_end_sooner(
        self, stored: Build, member: Client, settings: Any
    ) -> None:
        settings.BUCKET_LINKS, settings.AWS_SESSION_TOKEN = True, "of-a-role"

        found = addresses(member.get(f"/api/video/{stored.video_id}/720p/index.m3u8"))

        assert found[0] == f"000.ts?b={stored.pk}"


def test_links_that_were_given_outlive_sign_out(stored: Build, member: Client) -> None:
    """As docs/operations.md says; new ones are given to nobody without a session."""
    path = f"/api/video/{stored.video_id}/360p/index.m3u8"
    link = addresses(member.get(path))[0]

    member.post("/api/logout/")

    assert get(link)[1] == segment_bytes(stored, "360p", 0)
    assert member.get(path).status_code == 401


@pytest.mark.parametrize("path", ["720p/index.m3u8", "720p/000.ts", "master.m3u8"])
def test_gives_no_link_to_strangers(stored: Build, member: Client, path: str) -> None:
    assert Client().get(f"/api/video/{stored.video_id}/{path}").status_code == 401
    Video.objects.update(is_published=False)
    film_cache.forget([stored.video_id])
    assert member.get(f"/api/video/{stored.video_id}/{path}").status_code == 404


def test_each_layer_has_a_place_of_its_own(encoder: Encoder, member: Client) -> None:
    call_command("setup_bucket")
    build = make_encoding(1)
    Build.objects.update(stored_at=ago(0))
    write("a.mp4", b"film")
    the_store().put([(local.path("a.mp4"), "sources/a.mp4")])

    def link(rung: str) -> bytes:
        return get(addresses(member.get(f"/api/video/{build.video_id}/{rung}/index.m3u8"))[0])[1]

    for runs, state in ((1, ChunkState.DUE), (2, ChunkState.DONE)):
        lease = claim(encoding.due().filter(build=build))
        assert lease
        work_under(lease, encoding.KIND, encoding.run_ahead)
        chunk = Chunk.objects.get()
        assert (encoder.runs, chunk.state, link("360p")) == (runs, state, b"run 1")
    # What another rung's may have stood for keeps an address of ours.
    assert get(member.get(f"/api/video/{build.video_id}/720p/000.ts").url)[1] == b"run 2"
    low, high = build.segment_keys("360p"), build.segment_keys("720p")
    assert chunk.low_place in low[0]
    assert chunk.place in high[0]
    attempts.remove_spent(build)
    assert {*low, *high} <= set(the_store().sizes(build.prefix))
    assert member.get(f"/api/video/{build.video_id}/360p/000.ts").url.split("?")[0].endswith(low[0])


def test_late_attempt_changes_nothing(encoder: Encoder) -> None:
    """Its lease ran out while it put its segments; another worker has published meanwhile."""
    call_command("setup_bucket")
    build = make_encoding(2)
    Build.objects.update(stored_at=ago(0))
    write("a.mp4", b"film")
    the_store().put([(local.path("a.mp4"), "sources/a.mp4")])
    late = claim(encoding.KIND.due().filter(build=build, index=0))
    assert late
    work = encoding.encode
    Chunk.objects.filter(index=0).update(lease_until=ago(1))
    assert run(encoding.KIND, build=build, index=0)
    published, before = Chunk.objects.get(index=0), the_store().sizes(build.prefix)

    with local.work_folder("hls/late") as folder:
        work(published, folder, late)
        place = encoding.put_first(published, folder, late)
        assert not encoding.publish(late, {}, folder, place)

    after = Chunk.objects.get(index=0)
    assert after.place == published.place != place
    assert before.items() < the_store().sizes(build.prefix).items()
    Chunk.objects.update(lease_token=None)
    attempts.remove_spent(build)
    assert the_store().sizes(build.prefix) == before


def test_removes_deleted_film_after_everybody_has_noticed(stored: Build) -> None:
    Video.objects.get().delete()
    assert cleanup.clean_known()["tombstones"] == 0

    Tombstone.objects.update(created_at=ago(24 * 3600))
    cleanup.clean_known()

    assert [entry.key for entry in the_store().list() if entry.key != identity.MARK] == []


def test_quarantines_what_no_row_knows(stored: Build, tmp_path: Path) -> None:
    stranger = tmp_path / "000.ts"
    stranger.write_bytes(b"x")
    the_store().put([(stranger, "hls/77/1/120p/000.ts")])

    cleanup.clean()

    assert the_store().sizes("hls/77") == {}
    assert len(the_store().sizes(".quarantine")) == 1
    assert set(stored.segment_keys("720p")) < set(the_store().sizes("hls"))


def test_looks_through_the_bucket_now_and_then_only(uploaded: Video) -> None:
    assert [cleanup.is_turn(), cleanup.is_turn()] == [True, False]


def test_adopts_film_of_the_media_folder(
    film: Video, store: Any, member: Client, media: Path, capsys: Any
) -> None:
    write(layout.poster_key(film.pk, 1), b"poster")
    call_command("setup_bucket")
    build = film.current_build
    assert build
    path = f"/api/video/{film.pk}/360p/index.m3u8"
    assert addresses(member.get(path))[0] == f"000.ts?b={build.pk}"  # it plays meanwhile

    call_command("adopt_films")
    call_command("adopt_films")

    assert "0 films lie in older places" in capsys.readouterr().out
    assert get(addresses(member.get(path))[2])[1] == segment_bytes(build, "360p", 2)
    assert the_store().size(f"sources/{film.pk}.mp4") == 17
    assert the_store().size(layout.poster_key(film.pk, 1)) == 6
    assert [key for key in local_files(media) if key != identity.MARK] == []


def test_adopts_film_that_the_first_release_moved(film: Video, store: Any, media: Path) -> None:
    call_command("setup_bucket")
    build = film.current_build
    assert build
    source = media / f"sources/{film.pk}.mp4"
    the_store().put([(source, f"{build.prefix}/source/{source.name}")])
    source.unlink()
    Build.objects.update(stored_at=ago(0))

    call_command("adopt_films")

    assert the_store().size(f"sources/{film.pk}.mp4") == 17
    assert the_store().sizes(f"{build.prefix}/source") == {}


def test_leaves_film_that_is_not_whole_where_it_is(film: Video, store: Any, media: Path) -> None:
    call_command("setup_bucket")
    Video.objects.filter(pk=film.pk).update(video_file="sources/gone.mp4")

    call_command("adopt_films")

    assert the_store().sizes("hls")


class TestResumableUploads:
    """By tus, over any number of web machines: nothing of them lies on a machine."""

    def receive(self, upload: Upload, offset: int, body: bytes, checksum: Any = None) -> int:
        return receiving.receive(upload, offset, len(body), io.BytesIO(body).read, checksum)

    @pytest.fixture
    def begun(self) -> Upload:
        call_command("setup_bucket")
        wanted = uploads.Wanted(Video(title="Clip"), "clip.mp4", 9 * 1024**2)
        return uploads.begin(make_user("bob"), wanted)

    def test_goes_to_the_bucket_part_by_part(self, begun: Upload, media: Path) -> None:
        body = os.urandom(begun.length)

        at = self.receive(begun, 0, body[:1_000_000])
        at = self.receive(begun, at, body[at:8_800_000])
        assert uploads.offset_of(Upload.objects.get()) == at
        assert local_files(media) == []
        self.receive(begun, at, body[at:])

        video = Video.objects.get()
        with the_store().open(video.video_file.name) as file:
            assert file.read() == body
        assert local_files(media) == []

    def test_keeps_nothing_of_what_has_a_wrong_checksum(self, begun: Upload) -> None:
        wrong = receiving.Checksum("sha1", b"\0" * 20)
        with pytest.raises(receiving.ChecksumError):
            self.receive(begun, 0, b"damaged", wrong)

        right = receiving.Checksum("sha1", hashlib.sha1(b"right", usedforsecurity=False).digest())
        assert self.receive(begun, 0, b"right", right) == 5

    def test_aborts_what_is_cancelled(self, begun: Upload, store: Any) -> None:
        self.receive(begun, 0, b"x" * 100)

        uploads.cancel(begun)

        assert not store.list_multipart_uploads(Bucket="films").get("Uploads")
        assert the_store().sizes("uploads") == {}

    def test_sweeps_away_what_was_abandoned(
        self, begun: Upload, store: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.receive(begun, 0, b"x" * 100)
        monkeypatch.setattr(multipart, "ABANDONED", timedelta(seconds=-60))
        Upload.objects.filter(pk=begun.pk)._raw_delete("default")
        the_store().uploads.sweep(held_keys())

        assert multipart.find(begun.key) is None
        assert the_store().sizes("uploads") == {}

    def test_sweeps_nothing_away_that_somebody_may_go_on_with(
        self, begun: Upload, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """However long ago it was begun: `UPLOAD_EXPIRES_HOURS` says for how long."""
        body = os.urandom(begun.length)
        at = self.receive(begun, 0, body[:8_800_000])
        monkeypatch.setattr(multipart, "ABANDONED", timedelta(seconds=-60))

        the_store().uploads.sweep(held_keys())
        self.receive(begun, at, body[at:])

        with the_store().open(Video.objects.get().video_file.name) as file:
            assert file.read() == body
