"""Films in a bucket: an S3 server of its own (moto), real HTTP, real boto3."""

import shutil
import time
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from tests.buckets import bucket_settings
from tests.people import make_user, signed_in
from video_app import services, storing, sweep, tasks
from video_app.models import Build, Discarded, State, Video
from video_app.pipeline import layout
from video_app.pipeline.errors import LeaseLostError
from video_app.store import bucket
from video_app.tests.films import (
    make_build,
    make_film,
    make_plan,
    publish,
    segment_bytes,
    write,
    write_progressive,
)

pytestmark = pytest.mark.django_db(transaction=True)
SOURCE = b"the uploaded file"
PAGE = "http://127.0.0.1:5500"


@pytest.fixture(autouse=True)
def _settings(settings: Any, s3: str) -> Iterator[None]:
    values = bucket_settings(s3)
    for name in values:
        setattr(settings, name, values[name])
    settings.USE_S3_MEDIA = True
    bucket._make_client.cache_clear()
    yield
    bucket._make_client.cache_clear()


@pytest.fixture
def store(s3: str) -> Iterator[Any]:
    """An empty bucket."""
    client = bucket._client()
    client.create_bucket(Bucket="films")
    yield client
    urllib.request.urlopen(urllib.request.Request(f"{s3}/moto-api/reset", method="POST"))


@pytest.fixture
def no_server(settings: Any) -> None:
    settings.AWS_S3_ENDPOINT_URL = "http://127.0.0.1:9"


@pytest.fixture
def film() -> Video:
    """Complete, with an MP4 and its source on the disk; not in the bucket."""
    shutil.rmtree(media("hls"), ignore_errors=True)  # of other tests' films of this number
    film = make_film(segments=4, poster="posters/a.jpg", planned_revision=1)
    write_progressive(film.current_build, "720p", b"720p " * 300)
    Video.objects.filter(pk=film.pk).update(
        video_file=f"sources/{film.pk}.mp4", poster=layout.poster_key(film.pk, 1)
    )
    write(f"sources/{film.pk}.mp4", SOURCE)
    return film


@pytest.fixture
def stored(store: Any, film: Video) -> Video:
    tasks.store_build(film.current_build.pk)
    return film


@pytest.fixture
def member() -> Client:
    return signed_in(make_user())


def keys(store: Any) -> set[str]:
    return {found["Key"] for found in store.list_objects_v2(Bucket="films").get("Contents", ())}


def media(key: str) -> Path:
    return Path(django_settings.MEDIA_ROOT) / key


def get(url: str, **headers: str) -> tuple[int, bytes, Any]:
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
        return answer.status, answer.read(), answer.headers


def slowly(put: Any) -> Any:
    def wait_and_put(*arguments: Any) -> None:
        time.sleep(0.6)
        put(*arguments)

    return wait_and_put


def raise_bucket_error(key: str) -> str:
    raise bucket.BucketError("no credentials")


def tidied() -> int:
    """Sweep, and do what was asked for; how much that was."""
    chores = sweep.reconcile().chores
    tasks.tidy_bucket()
    return chores


def addresses(response: Any) -> list[str]:
    text = response.content.decode()
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def age(build: Build, seconds: float) -> None:
    Build.objects.filter(pk=build.pk).update(stored_at=timezone.now() - timedelta(seconds=seconds))


class TestStoring:
    def test_everything_of_the_build_and_its_source_are_copied(self, store: Any, stored: Video):
        prefix = stored.current_build.prefix

        assert {f"{prefix}/{rung}/00{n}.ts" for rung in ("360p", "720p") for n in range(4)} | {
            f"{prefix}/720p.mp4",
            f"{prefix}/source/{stored.pk}.mp4",
        } == keys(store)
        assert store.head_object(Bucket="films", Key=f"{prefix}/720p/000.ts")["ContentType"] == (
            "video/MP2T"
        )

    def test_it_may_run_twice(self, store: Any, stored: Video):
        before = Build.objects.get().stored_at

        tasks.store_build(stored.current_build.pk)

        assert Build.objects.get().stored_at == before

    def test_what_a_worker_still_writes_is_left_out(self, store: Any, film: Video):
        write(f"{film.current_build.prefix}/.lease-1/720p/000.ts", b"half")

        tasks.store_build(film.current_build.pk)

        assert not any(".lease" in key for key in keys(store))

    def test_a_replaced_build_is_not_copied(self, store: Any, film: Video):
        old = film.current_build
        publish(make_build(film, make_plan(2)))

        tasks.store_build(old.pk)

        assert keys(store) == set()

    def test_a_published_film_asks_for_it(self, store: Any, film: Video, monkeypatch: Any):
        rung: list[str] = []
        monkeypatch.setattr(services, "ring", lambda queue, call: rung.append(call.task))
        build = make_build(film, make_plan(2), done=1)
        token = services.claim_finish(build.pk)
        assert token
        services.publish_build(build.pk, token, services.Derived())

        assert rung == ["store_build"]

    def test_what_is_there_already_is_not_copied_again(
        self, store: Any, film: Video, monkeypatch: Any
    ):
        prefix = film.current_build.prefix
        written: list[str] = []
        put = bucket._put
        monkeypatch.setattr(bucket, "_put", lambda path, key, go_on: written.append(key))
        store.put_object(Bucket="films", Key=f"{prefix}/720p.mp4", Body=b"half")
        put(media(f"{prefix}/720p/000.ts"), f"{prefix}/720p/000.ts", lambda _: None)

        tasks.store_build(film.current_build.pk)

        assert f"{prefix}/720p/001.ts" in written
        assert f"{prefix}/720p.mp4" in written, "another size: it was cut off"
        assert f"{prefix}/720p/000.ts" not in written

    def test_a_lost_lease_ends_it(self, store: Any, monkeypatch: Any):
        def lost() -> None:
            raise LeaseLostError

        paths = [media(f"many/{number}") for number in range(100)]
        for number in range(100):
            write(f"many/{number}", b"small")
        monkeypatch.setattr(bucket, "_put", slowly(bucket._put))

        with pytest.raises(LeaseLostError):
            bucket.put([(path, f"hls/1/1/{path.name}") for path in paths], watch=lost)

        assert len(keys(store)) <= 2 * bucket.PARALLEL

    def test_a_bucket_that_is_away_costs_nothing(
        self, no_server: None, film: Video, member: Client
    ):
        build = film.current_build
        for _ in range(django_settings.MAX_ATTEMPTS + 1):
            tasks.store_build(build.pk)

        build.refresh_from_db()
        assert (build.stored_at, build.lease_token, build.attempts) == (None, None, 0)
        with time_machine.travel(timezone.now() + timedelta(seconds=django_settings.SWEEP_SECONDS)):
            assert sweep.reconcile().stores == 1
        path = f"/api/video/{film.pk}/720p/000.ts"
        answer = member.get(path)
        assert b"".join(answer.streaming_content) == segment_bytes(build, "720p", 0)

    def test_what_cannot_be_copied_keeps_nobody_waiting(
        self, store: Any, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr(sweep, "STORES_AT_ONCE", 1)
        broken, fine = make_film("Broken"), make_film("Fine", source_revision=2)
        rung: list[int] = []
        monkeypatch.setattr(services, "request_store", rung.append)

        with time_machine.travel(timezone.now()) as now:
            for _ in range(2):
                now.shift(django_settings.SWEEP_SECONDS)
                sweep.reconcile()
                tasks.store_build(rung[-1])

        assert rung == [broken.current_build.pk, fine.current_build.pk]
        assert Build.objects.get(pk=fine.current_build.pk).stored_at

    def test_without_the_setting_nothing_is_copied(self, film: Video, settings: Any):
        settings.USE_S3_MEDIA = False

        assert sweep.reconcile().stores == 0


class TestPlaying:
    def test_the_playlist_leads_to_the_bucket(self, stored: Video, member: Client):
        response = member.get(f"/api/video/{stored.pk}/720p/index.m3u8")

        found = addresses(response)
        assert len(found) == 4
        assert get(found[2])[1] == segment_bytes(stored.current_build, "720p", 2)
        assert parse_qs(urlsplit(found[2]).query)["X-Amz-Expires"] == ["28800"]

    def test_each_rendition_has_its_own(self, stored: Video, member: Client):
        for rung in ("360p", "720p"):
            found = addresses(member.get(f"/api/video/{stored.pk}/{rung}/index.m3u8"))
            assert get(found[0])[1] == segment_bytes(stored.current_build, rung, 0)

    def test_trick_play_reads_parts_from_it(self, stored: Video, member: Client):
        found = addresses(member.get(f"/api/video/{stored.pk}/360p/iframes.m3u8"))

        status, body, _ = get(found[0], Range="bytes=188-375")
        assert (status, body) == (206, segment_bytes(stored.current_build, "360p", 0)[188:376])

    def test_the_master_stays_here(self, stored: Video, member: Client):
        found = addresses(member.get(f"/api/video/{stored.pk}/master.m3u8"))

        build = stored.current_build.pk
        assert found == [f"{rung}/index.m3u8?b={build}" for rung in ("720p", "360p")]

    def test_before_it_is_stored_the_playlist_leads_here(
        self, store: Any, film: Video, member: Client
    ):
        path = f"/api/video/{film.pk}/720p/index.m3u8"
        assert addresses(member.get(path))[0] == f"000.ts?b={film.current_build.pk}"

        tasks.store_build(film.current_build.pk)

        assert addresses(member.get(path))[0].startswith(django_settings.AWS_S3_ENDPOINT_URL)

    def test_an_unchanged_playlist_costs_a_304(self, stored: Video, member: Client):
        path = f"/api/video/{stored.pk}/720p/index.m3u8"
        tag = member.get(path)["ETag"]

        assert member.get(path, headers={"if-none-match": tag}).status_code == 304

    def test_a_player_that_began_before_is_served_from_here(self, stored: Video, member: Client):
        answer = member.get(f"/api/video/{stored.pk}/720p/001.ts?b={stored.current_build.pk}")

        assert b"".join(answer.streaming_content) == segment_bytes(stored.current_build, "720p", 1)

    def test_a_segment_that_is_only_there_redirects(self, stored: Video, member: Client):
        age(stored.current_build, django_settings.RETIRED_BUILD_SECONDS + 1)
        tidied()

        answer = member.get(f"/api/video/{stored.pk}/720p/001.ts")

        assert (answer.status_code, answer["Cache-Control"]) == (302, "no-store")
        assert get(answer["Location"])[1] == segment_bytes(stored.current_build, "720p", 1)

    def test_the_link_to_the_mp4_leads_there(self, stored: Video, member: Client):
        link = member.get(f"/content/video-url/{stored.pk}/?quality=720p").json()["url"]

        assert link.startswith(django_settings.AWS_S3_ENDPOINT_URL)
        status, body, headers = get(link, Range="bytes=5-9")
        assert (status, body, headers["Content-Type"]) == (206, b"720p ", "video/mp4")

    def test_a_link_that_cannot_be_made_is_503(
        self, stored: Video, member: Client, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr(bucket, "url", raise_bucket_error)

        answer = member.get(f"/api/video/{stored.pk}/720p/index.m3u8")

        assert (answer.status_code, list(answer.json())) == (503, ["detail"])

    @pytest.mark.parametrize("path", ["720p/index.m3u8", "720p/000.ts", "master.m3u8"])
    def test_who_may_not_see_it_gets_no_link(self, stored: Video, member: Client, path: str):
        assert Client().get(f"/api/video/{stored.pk}/{path}").status_code == 401
        services.set_published([stored.pk], is_published=False)
        assert member.get(f"/api/video/{stored.pk}/{path}").status_code == 404


class TestRoom:
    """What lies in the bucket need not lie here as well."""

    def test_the_source_goes_at_once(self, stored: Video):
        tidied()

        assert not media(f"sources/{stored.pk}.mp4").exists()

    def test_the_segments_go_when_nobody_can_be_watching_them(self, stored: Video):
        folder = media(stored.current_build.prefix)
        tidied()
        assert folder.exists()

        age(stored.current_build, django_settings.RETIRED_BUILD_SECONDS + 1)
        tidied()
        assert not folder.exists()

    @pytest.mark.parametrize(
        "change",
        [{"state": State.PROCESSING}, {"source_revision": 2}, {"poster": ""}],
        ids=["transcoding", "replaced", "no poster yet"],
    )
    def test_a_source_that_is_still_needed_stays(self, stored: Video, change: dict[str, Any]):
        Video.objects.filter(pk=stored.pk).update(**change)

        tidied()

        assert media(f"sources/{stored.pk}.mp4").exists()

    def test_transcoding_again_brings_the_source_back(self, stored: Video, monkeypatch: Any):
        tidied()
        monkeypatch.setattr(tasks, "_read_source", lambda path, keep: make_plan().source)
        monkeypatch.setattr(tasks, "make_plan", lambda found, limits: make_plan())

        services.transcode_again(stored.pk)
        tasks.plan_video(stored.pk, 2)

        assert media(f"sources/{stored.pk}.mp4").read_bytes() == SOURCE
        assert not list(media("sources").glob("*.partial"))
        tidied()
        assert media(f"sources/{stored.pk}.mp4").exists()

    def test_a_source_that_cannot_be_fetched_is_tried_again(self, stored: Video, settings: Any):
        tidied()
        settings.AWS_S3_ENDPOINT_URL = "http://127.0.0.1:9"
        bucket._make_client.cache_clear()

        services.transcode_again(stored.pk)
        tasks.plan_video(stored.pk, 2)

        stored.refresh_from_db()
        assert (stored.state, stored.attempts) == (State.PROCESSING, 0), "it is nobody's fault"
        assert sweep.reconcile().plans == 1
        assert not list(media("sources").glob(f"{stored.pk}*"))


class TestNothingIsLost:
    """A row says that a film lies in the bucket; before anything goes, that is looked at."""

    def old(self, film: Video) -> None:
        age(film.current_build, django_settings.RETIRED_BUILD_SECONDS + 1)

    def is_here(self, film: Video) -> bool:
        source = media(f"sources/{film.pk}.mp4")
        return source.exists() and media(film.current_build.prefix).exists()

    @pytest.mark.parametrize("lost", ["720p/002.ts", "720p.mp4"])
    def test_a_build_with_a_file_missing_is_not_stored(self, store: Any, film: Video, lost: str):
        media(f"{film.current_build.prefix}/{lost}").unlink()

        tasks.store_build(film.current_build.pk)

        assert Build.objects.get().stored_at is None

    def test_a_media_folder_that_is_not_mounted(self, store: Any, film: Video):
        media("hls").rename(media("away"))
        media("sources").rename(media("sources-away"))
        tasks.store_build(film.current_build.pk)
        assert Build.objects.get().stored_at is None

        media("away").rename(media("hls"))
        media("sources-away").rename(media("sources"))
        tidied()
        assert self.is_here(film)

    def test_another_bucket(self, stored: Video, settings: Any, member: Client):
        bucket._client().create_bucket(Bucket="others")
        settings.AWS_STORAGE_BUCKET_NAME = "others"
        self.old(stored)

        tidied()

        assert self.is_here(stored)
        first = addresses(member.get(f"/api/video/{stored.pk}/720p/index.m3u8"))[0]
        assert first == f"000.ts?b={stored.current_build.pk}"
        tasks.store_build(stored.current_build.pk)
        first = addresses(member.get(f"/api/video/{stored.pk}/720p/index.m3u8"))[0]
        assert "/others/" in first

    @pytest.mark.parametrize("name", ["720p/001.ts", "source/{}.mp4"])
    def test_a_bucket_that_lost_a_file(self, store: Any, stored: Video, name: str):
        key = f"{stored.current_build.prefix}/{name.format(stored.pk)}"
        store.delete_object(Bucket="films", Key=key)
        self.old(stored)

        tidied()

        assert media(key).exists() or media(f"sources/{stored.pk}.mp4").exists()
        tasks.store_build(stored.current_build.pk)
        assert key in keys(store)

    def test_a_source_that_is_wanted_again_meanwhile(
        self, stored: Video, monkeypatch: pytest.MonkeyPatch
    ):
        sizes = bucket.sizes

        def slow(prefix: str) -> dict[str, int]:
            services.transcode_again(stored.pk)
            return sizes(prefix)

        monkeypatch.setattr(bucket, "sizes", slow)
        tasks.tidy_bucket()

        assert media(f"sources/{stored.pk}.mp4").exists()

    def test_a_poster_that_is_drawn_for_the_last_time(self, stored: Video):
        Video.objects.update(poster="", attempts=django_settings.MAX_ATTEMPTS - 1)
        assert services.claim_poster(stored.pk, 1)

        tidied()

        assert media(f"sources/{stored.pk}.mp4").exists()

    def test_only_its_own_source_goes_with_a_build(self, store: Any, film: Video):
        Video.objects.update(source_revision=2, video_file="sources/new.mp4")
        write("sources/new.mp4", b"another film")

        tasks.store_build(film.current_build.pk)

        assert not any("/source/" in key for key in keys(store))


class TestRemoval:
    def pass_time(self) -> None:
        seconds = storing.DISCARD_LEASES * django_settings.LEASE_SECONDS + 1
        Discarded.objects.update(created_at=timezone.now() - timedelta(seconds=seconds))

    def test_a_deleted_film_leaves_nothing(self, store: Any, stored: Video):
        stored.delete()
        self.pass_time()

        assert tidied() == 1
        assert keys(store) == set()
        assert not Discarded.objects.exists()

    def test_nothing_is_removed_while_somebody_may_still_copy(self, store: Any, stored: Video):
        stored.delete()

        assert tidied() == 0
        assert keys(store)

    def test_another_film_stays(self, store: Any, stored: Video):
        other = make_film("Another", pk=stored.pk * 10 + 1, video_file="sources/other.mp4")
        write("sources/other.mp4", SOURCE)
        tasks.store_build(other.current_build.pk)
        stored.delete()
        self.pass_time()

        tidied()

        assert {key.split("/")[1] for key in keys(store)} == {str(other.pk)}

    def test_a_replaced_build_goes_after_its_time(self, store: Any, stored: Video):
        old = stored.current_build
        publish(make_build(stored, make_plan(2)))
        Build.objects.filter(pk=old.pk).update(
            retired_at=timezone.now() - timedelta(seconds=django_settings.RETIRED_BUILD_SECONDS + 1)
        )
        tidied()
        self.pass_time()
        tidied()

        assert not any(key.startswith(f"{old.prefix}/") for key in keys(store))

    def test_what_the_bucket_refuses_to_remove_is_tried_again(
        self, store: Any, stored: Video, monkeypatch: Any
    ):
        stored.delete()
        self.pass_time()
        refusal = {"Errors": [{"Key": "hls/1", "Code": "AccessDenied"}]}
        with monkeypatch.context() as denied:
            denied.setattr(store, "delete_objects", lambda **wanted: refusal)
            tidied()
            assert keys(store)

        tidied()
        assert keys(store) == set()

    def test_a_film_deleted_while_the_bucket_is_not_used(
        self, store: Any, stored: Video, settings: Any
    ):
        settings.USE_S3_MEDIA = False
        stored.delete()
        self.pass_time()
        assert tidied() == 0

        settings.USE_S3_MEDIA = True
        assert tidied() == 1
        assert keys(store) == set()

    def test_a_dry_run_removes_nothing(self, store: Any, stored: Video):
        stored.delete()
        self.pass_time()

        assert sweep.reconcile(dry_run=True).chores == 1
        assert keys(store)

    def test_a_bucket_that_is_away_is_emptied_later(
        self, store: Any, stored: Video, settings: Any, s3: str
    ):
        stored.delete()
        self.pass_time()
        settings.AWS_S3_ENDPOINT_URL = "http://127.0.0.1:9"
        bucket._make_client.cache_clear()
        tidied()

        settings.AWS_S3_ENDPOINT_URL = s3
        bucket._make_client.cache_clear()

        assert tidied() == 1
        assert keys(store) == set()


class TestSetup:
    def test_pages_may_read_from_it(self, store: Any, capsys: Any):
        call_command("setup_bucket")

        rule = store.get_bucket_cors(Bucket="films")["CORSRules"][0]
        assert PAGE in rule["AllowedOrigins"]
        said = capsys.readouterr()
        assert PAGE in said.out
        # moto is such a server.
        assert "without Access-Control-Allow-Credentials" in said.err
        assert keys(store) == set()

    def test_rules_of_others_stay(self, store: Any):
        other = {"ID": "other", "AllowedOrigins": ["https://x.example"], "AllowedMethods": ["PUT"]}
        store.put_bucket_cors(Bucket="films", CORSConfiguration={"CORSRules": [other]})

        call_command("setup_bucket")
        call_command("setup_bucket")

        rules = store.get_bucket_cors(Bucket="films")["CORSRules"]
        assert [rule["AllowedMethods"] for rule in rules] == [["PUT"], ["GET", "HEAD"]]

    def test_a_bucket_that_is_missing_is_named(self, store: Any, settings: Any):
        settings.AWS_STORAGE_BUCKET_NAME = "another"

        with pytest.raises(CommandError, match="NoSuchBucket"):
            call_command("setup_bucket")

    def test_one_that_is_away(self, no_server: None):
        with pytest.raises(CommandError, match="Could not connect"):
            call_command("setup_bucket")

    def test_it_wants_the_setting(self, settings: Any):
        settings.USE_S3_MEDIA = False

        with pytest.raises(CommandError, match="USE_S3_MEDIA is not set"):
            call_command("setup_bucket")
