"""Films imported from a bucket, ours or another: from a real server's listing and ranges."""

import os
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from tests.s3_proxy import refusal, running_proxy
from video_app.ingest import imports
from video_app.models import Import, Installation, Subtitle, Video
from video_app.store import foreign, identity, local, s3, the_store
from video_app.tests.films import end_pauses, run
from video_app.work import importing

pytestmark = pytest.mark.django_db
BODY = os.urandom(3 * 1024**2 + 11)
OTHER = "others"


@pytest.fixture
def bucket(own_media: Path, store: Any, settings: Any) -> Any:
    """Films lie in a folder of ours; another bucket is imported from."""
    settings.USE_S3_MEDIA = False
    store.create_bucket(Bucket=OTHER)
    return store


def put(bucket: Any, key: str, body: bytes = BODY, name: str = OTHER) -> None:
    bucket.put_object(Bucket=name, Key=key, Body=body)


def begin(location: str = f"s3://{OTHER}/in", **given: Any) -> list[Import | None]:
    return [row for _, row in imports.begin(location, **given)]


def stored() -> bytes:
    return local.path(Video.objects.get().video_file.name).read_bytes()


def test_becomes_film_with_what_lies_beside_it(bucket: Any) -> None:
    picture = BytesIO()
    Image.new("RGB", (64, 36)).save(picture, "JPEG")
    put(bucket, "in/season/Show.S01E02.mkv")
    put(bucket, "in/season/Show.S01E02.de.srt", b"1\n00:00:01,000 --> 00:00:02,000\nHello\n")
    put(bucket, "in/season/poster.jpg", picture.getvalue())

    (row,) = begin()
    assert run(importing.KIND, pk=row.pk)

    video = Video.objects.get()
    assert stored() == BODY
    assert (video.season, video.is_published, video.thumbnail.name != "") == (1, True, True)
    assert Subtitle.objects.get().language == "deu"


def test_lands_in_bucket_of_films(bucket: Any, settings: Any) -> None:
    settings.USE_S3_MEDIA = True
    identity.write_mark(Installation.objects.get().media_id)
    put(bucket, "in/Film.mp4")

    (row,) = begin()
    assert run(importing.KIND, pk=row.pk)

    key = Video.objects.get().video_file.name
    assert bucket.get_object(Bucket="films", Key=key)["Body"].read() == BODY


def test_takes_nothing_outside_of_prefix(bucket: Any) -> None:
    for key in ("in/a.mp4", "in2/b.mp4", "inside.mp4", "c.mp4", "in/.hidden/d.mp4", "in/e.txt"):
        put(bucket, key, key.encode())

    assert [row.location for row in begin()] == [f"s3://{OTHER}/in/a.mp4"]


def test_takes_one_file(bucket: Any) -> None:
    put(bucket, "in/a.mp4", b"one")
    put(bucket, "in/a.mp4.mp4", b"two")

    assert len(begin(f"s3://{OTHER}/in/a.mp4")) == 1


def test_reads_every_page(bucket: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(7):
        put(bucket, f"in/{number}.mp4", b"%d" % number)
    with running_proxy(s3.settings.AWS_S3_ENDPOINT_URL) as proxy:
        monkeypatch.setattr(s3.settings, "AWS_S3_ENDPOINT_URL", proxy.address)
        real = s3.client()
        real.meta.events.register("provide-client-params.s3.ListObjectsV2", _two_a_page)
        monkeypatch.setattr(s3, "client", lambda: real)

        assert len(begin()) == 7
    assert proxy.asked["GET"] == 5  # one looks whether it is a file


def _two_a_page(params: dict[str, Any], **_: Any) -> dict[str, Any]:
    return params | {"MaxKeys": 2}


def test_imports_nothing_twice(bucket: Any) -> None:
    put(bucket, "in/a.mp4")
    begin()

    assert begin() == [None]


def test_imports_file_that_was_replaced(bucket: Any) -> None:
    put(bucket, "in/a.mp4", b"one")
    begin()
    put(bucket, "in/a.mp4", b"another")

    assert len([row for row in begin() if row]) == 1


def test_leaves_own_files_alone(bucket: Any) -> None:
    for key in ("sources/a.mp4", "hls/1/1/720p/000.ts", "in/b.mp4"):
        put(bucket, key, key.encode(), "films")

    assert [row.location for row in begin("s3://films/")] == ["s3://films/in/b.mp4"]


def test_goes_on_by_range(bucket: Any, settings: Any) -> None:
    put(bucket, "in/a.mp4")
    (row,) = begin()
    the_store().uploads.append(row.key, 0, BODY[: 1024**2])
    Import.objects.update(length=len(BODY))

    with running_proxy(settings.AWS_S3_ENDPOINT_URL) as proxy:
        settings.AWS_S3_ENDPOINT_URL = proxy.address
        assert run(importing.KIND, pk=row.pk)

    assert stored() == BODY
    assert proxy.bytes_of("in/a.mp4") < len(BODY) - 1024**2 + 10_000


def test_begins_again_with_changed_file(bucket: Any) -> None:
    put(bucket, "in/a.mp4")
    (row,) = begin()
    the_store().uploads.append(row.key, 0, BODY[: 1024**2])
    Import.objects.update(length=len(BODY))
    put(bucket, "in/a.mp4", BODY[::-1])

    assert run(importing.KIND, pk=row.pk)

    assert stored() == BODY[::-1]


def test_waits_while_bucket_is_away(bucket: Any, settings: Any) -> None:
    put(bucket, "in/a.mp4")
    (row,) = begin()
    with running_proxy(settings.AWS_S3_ENDPOINT_URL) as proxy:
        good, settings.AWS_S3_ENDPOINT_URL = settings.AWS_S3_ENDPOINT_URL, proxy.address
        proxy.mood = lambda request, answer: refusal(503, "SlowDown")
        run(importing.KIND, pk=row.pk)

    row.refresh_from_db()
    assert (row.error, row.setbacks) == ("", 1)
    settings.AWS_S3_ENDPOINT_URL = good
    end_pauses()
    assert run(importing.KIND, pk=row.pk)
    assert stored() == BODY


@pytest.mark.parametrize(("status", "code"), [(403, "AccessDenied"), (404, "NoSuchKey")])
def test_says_why_file_cannot_be_read(bucket: Any, settings: Any, status: int, code: str) -> None:
    put(bucket, "in/a.mp4")
    (row,) = begin()
    with running_proxy(settings.AWS_S3_ENDPOINT_URL) as proxy:
        settings.AWS_S3_ENDPOINT_URL = proxy.address
        proxy.mood = lambda request, answer: refusal(status, code)
        run(importing.KIND, pk=row.pk)

    assert "bucket" in Import.objects.get().error


@pytest.mark.parametrize("location", ["s3://", "s3:///in", "s3://user@evil.example/in"])
def test_refuses_what_is_no_place(location: str) -> None:
    with pytest.raises(CommandError, match="no place in a bucket"):
        call_command("import", location)


def test_refuses_place_without_films(bucket: Any) -> None:
    with pytest.raises(CommandError, match="no films"):
        call_command("import", f"s3://{OTHER}/empty")
    with pytest.raises(CommandError, match="NoSuchBucket"):
        call_command("import", "s3://nowhere/in")


def test_needs_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> Any:
        raise ModuleNotFoundError("No module named 'boto3'")

    monkeypatch.setattr(s3, "client", missing)

    with pytest.raises(CommandError, match=r"requirements-s3\.txt"):
        call_command("import", f"s3://{OTHER}/in")


def test_command_says_what_it_found(bucket: Any) -> None:
    put(bucket, "in/a.mp4")
    out = StringIO()

    call_command("import", f"s3://{OTHER}/in", stdout=out)

    assert out.getvalue() == f"Importing as video {Video.objects.get().pk}: s3://{OTHER}/in/a.mp4\n"


def test_place_reads_back() -> None:
    assert str(foreign.parse("s3://films/a b/c.mp4")) == "s3://films/a b/c.mp4"
