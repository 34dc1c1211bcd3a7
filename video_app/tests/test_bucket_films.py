"""Films whose every file lies in a bucket: from the upload to the player, with real ffmpeg."""

import subprocess
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from video_app.models import Build, BuildState, Chunk, ChunkState, State, Tombstone, Video
from video_app.pipeline import layout
from video_app.pipeline.ffmpeg import find_ffmpeg
from video_app.store import blocks, identity, local, the_store
from video_app.streaming import film_cache
from video_app.tests.films import ago, run, segment_bytes
from video_app.work import attempts, cleanup, encoding, extras, finishing, planning, posters
from video_app.work.lease import claim

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("store"),
    pytest.mark.ffmpeg,
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
def growing(uploaded: Video) -> Build:
    """The same with its first chunk."""
    assert run(planning.KIND, pk=uploaded.pk)
    build = Build.objects.get()
    assert run(encoding.KIND, build=build, index=0)
    return build


@pytest.fixture
def whole(growing: Build) -> Build:
    for index in range(1, growing.plan.chunks):
        assert run(encoding.KIND, build=growing, index=index)
    assert run(finishing.KIND, pk=growing.pk)
    assert run(posters.KIND, pk=growing.video_id)
    assert run(extras.KIND, pk=growing.pk)
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


def test_lists_signed_links_of_growing_film_at_once(growing: Build, member: Client) -> None:
    answer = member.get(f"/api/video/{growing.video_id}/120p/index.m3u8")

    (link,) = addresses(answer)
    assert b"EXT-X-ENDLIST" not in answer.content
    assert len(get(link)[1]) == Chunk.objects.get(index=0).report["120p"][0]["size"]
    seconds = int(growing.plan.duration) + 2 * 3600
    assert int(parse_qs(urlsplit(link).query)["X-Amz-Expires"][0]) >= seconds


def test_makes_the_whole_film_there(whole: Build, media: Path, member: Client) -> None:
    assert whole.state == BuildState.COMPLETE
    assert Video.objects.get().state == State.COMPLETED
    there = the_store().sizes("hls")
    assert set(whole.segment_keys("120p")) < set(there)
    assert f"{whole.prefix}/120p.mp4" in there
    assert layout.storyboard_key(whole.prefix, 0) in there
    assert local_files(media) == []
    answer = member.get(f"/api/video/{whole.video_id}/120p/index.m3u8")
    assert len(addresses(answer)) == whole.plan.segments
    master = member.get(f"/api/video/{whole.video_id}/master.m3u8")
    assert addresses(master) == [f"120p/index.m3u8?b={whole.pk}"]


def test_reads_byte_ranges_for_trick_play(whole: Build, member: Client) -> None:
    found = addresses(member.get(f"/api/video/{whole.video_id}/120p/iframes.m3u8"))

    assert get(found[0], Range="bytes=0-187")[0] == 206


def test_links_to_mp4(whole: Build, member: Client) -> None:
    link = member.get(f"/content/video-url/{whole.video_id}/?quality=120p").json()["url"]

    assert (get(link, Range="bytes=4-7")[1]) == b"ftyp"


def test_sends_poster_itself(whole: Build, member: Client) -> None:
    answer = member.get(f"/api/video/{whole.video_id}/thumbnail")

    assert answer.status_code == 200
    assert body(answer)[:2] == b"\xff\xd8"


def test_redirects_for_segments_asked_for_here(whole: Build, member: Client) -> None:
    answer = member.get(f"/api/video/{whole.video_id}/120p/001.ts")

    assert (answer.status_code, answer["Cache-Control"]) == (302, "no-store")
    assert get(answer["Location"])[1][:1] == b"G"


class TestPassingThrough:
    @pytest.fixture(autouse=True)
    def _no_links(self, settings: Any) -> None:
        settings.BUCKET_LINKS = False

    def test_lists_own_addresses(self, whole: Build, member: Client) -> None:
        found = addresses(member.get(f"/api/video/{whole.video_id}/120p/index.m3u8"))
        assert found[0] == f"000.ts?b={whole.pk}"

    def test_sends_segments(self, whole: Build, member: Client) -> None:
        size = Chunk.objects.get(index=0).report["120p"][0]["size"]
        path = f"/api/video/{whole.video_id}/120p/000.ts"

        assert len(body(member.get(path))) == size
        some = member.get(path, headers={"range": "bytes=188-375"})
        assert (some.status_code, some["Content-Range"]) == (206, f"bytes 188-375/{size}")
        assert body(some) == body(member.get(path))[188:376]
        beyond = member.get(path, headers={"range": f"bytes={size}-"})
        assert (beyond.status_code, beyond["Content-Range"]) == (416, f"bytes */{size}")

    def test_reports_missing_segment(self, whole: Build, member: Client) -> None:
        the_store().remove(whole.segment_keys("120p")[0])

        answer = member.get(f"/api/video/{whole.video_id}/120p/000.ts")

        assert answer.status_code == 503
        assert Chunk.objects.get(index=0).state == ChunkState.DUE

    def test_without_links_where_credentials_end_sooner(
        self, whole: Build, member: Client, settings: Any
    ) -> None:
        settings.BUCKET_LINKS, settings.AWS_SESSION_TOKEN = True, "of-a-role"

        found = addresses(member.get(f"/api/video/{whole.video_id}/120p/index.m3u8"))

        assert found[0] == f"000.ts?b={whole.pk}"


@pytest.mark.parametrize("path", ["120p/index.m3u8", "120p/000.ts", "master.m3u8"])
def test_gives_no_link_to_strangers(growing: Build, member: Client, path: str) -> None:
    assert Client().get(f"/api/video/{growing.video_id}/{path}").status_code == 401
    Video.objects.update(is_published=False)
    film_cache.forget([growing.video_id])
    assert member.get(f"/api/video/{growing.video_id}/{path}").status_code == 404


def test_late_attempt_changes_nothing(growing: Build) -> None:
    """Its lease ran out while it put its segments; another worker has published meanwhile."""
    late = claim(encoding.KIND.due().filter(build=growing, index=1))
    assert late
    Chunk.objects.filter(index=1).update(lease_until=ago(1))
    assert run(encoding.KIND, build=growing, index=1)
    published = Chunk.objects.get(index=1)
    before = the_store().sizes(growing.prefix)

    encoding.KIND.run(late)

    after = Chunk.objects.get(index=1)
    assert (after.place, after.report) == (published.place, published.report)
    assert before.items() <= the_store().sizes(growing.prefix).items()
    attempts.remove_spent(growing)
    assert the_store().sizes(growing.prefix) == before


def test_removes_deleted_film_after_everybody_has_noticed(whole: Build) -> None:
    Video.objects.get().delete()
    assert cleanup.clean_known()["tombstones"] == 0

    Tombstone.objects.update(created_at=ago(24 * 3600))
    cleanup.clean_known()

    assert [entry.key for entry in the_store().list() if entry.key != identity.MARK] == []


def test_quarantines_what_no_row_knows(whole: Build, tmp_path: Path) -> None:
    stranger = tmp_path / "000.ts"
    stranger.write_bytes(b"x")
    the_store().put([(stranger, "hls/77/1/120p/000.ts")])

    cleanup.clean()

    assert the_store().sizes("hls/77") == {}
    assert len(the_store().sizes(".quarantine")) == 1
    assert set(whole.segment_keys("120p")) < set(the_store().sizes("hls"))


def test_looks_through_the_bucket_now_and_then_only(uploaded: Video) -> None:
    assert [cleanup.is_turn(), cleanup.is_turn()] == [True, False]


def test_adopts_film_of_the_media_folder(
    film: Video, store: Any, member: Client, media: Path, capsys: Any
) -> None:
    (media / film.poster if film.poster else media / layout.poster_key(film.pk, 1)).parent.mkdir()
    (media / layout.poster_key(film.pk, 1)).write_bytes(b"poster")
    call_command("setup_bucket")
    build = film.current_build
    assert build
    path = f"/api/video/{film.pk}/720p/index.m3u8"
    assert addresses(member.get(path))[0] == f"000.ts?b={build.pk}"  # it plays meanwhile

    call_command("adopt_films")
    call_command("adopt_films")

    assert "0 films lie in older places" in capsys.readouterr().out
    assert get(addresses(member.get(path))[2])[1] == segment_bytes(build, "720p", 2)
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
