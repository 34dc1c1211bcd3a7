"""Resumable uploads (tus 1.0): begun, written, broken off, taken over, finished, cancelled."""

import base64
import hashlib
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.people import make_user, signed_in
from video_app.ingest import receiving, uploads
from video_app.models import State, Upload, Video
from video_app.store import local
from video_app.tests.concurrency import raising
from video_app.tests.films import jobs, make_film

pytestmark = pytest.mark.django_db
URL = "/api/uploads/"
TUS = {"HTTP_TUS_RESUMABLE": "1.0.0"}
OCTETS = "application/offset+octet-stream"
BODY = os.urandom(3 * 1024**2 + 17)


@pytest.fixture(autouse=True)
def _media(own_media: Path) -> None: ...


@pytest.fixture
def staff() -> Client:
    return signed_in(make_user("staff", is_staff=True, is_superuser=True))


def metadata(**values: str) -> str:
    pairs = (f"{k} {base64.b64encode(v.encode()).decode()}".strip() for k, v in values.items())
    return ",".join(pairs)


def begin(client: Client, length: int = len(BODY), body: bytes = b"", **values: str) -> Any:
    about = metadata(**{"filename": "The.Film.2019.mkv", **values})
    headers = {**TUS, "HTTP_UPLOAD_LENGTH": str(length), "HTTP_UPLOAD_METADATA": about}
    return client.generic("POST", URL, body, content_type=OCTETS, **headers)


def send(client: Client, upload: Any, offset: int, body: bytes, **headers: Any) -> Any:
    given = {**TUS, "HTTP_UPLOAD_OFFSET": str(offset), "content_type": OCTETS, **headers}
    return client.generic("PATCH", f"{URL}{upload['id']}/", body, **given)


def head(client: Client, upload: Any, **headers: Any) -> Any:
    return client.head(f"{URL}{upload['id']}", **{**TUS, **headers})


class Cut:
    """A body that is longer in its head than in its bytes."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def __call__(self, size: int) -> bytes:
        piece, self.body = self.body[:size], self.body[size:]
        return piece


class TestBeginning:
    def test_makes_draft(self, staff: Client):
        response = begin(staff, category="Sci-Fi", description="About", fingerprint="abc")

        video, upload = Video.objects.get(), response.json()
        assert response.status_code == 201
        assert response["Location"] == f"{URL}{upload['id']}/"
        assert response["Upload-Offset"] == "0"
        assert upload["video"] == video.pk
        assert (upload["title"], upload["year"], upload["category"]) == ("The Film", 2019, "Sci-Fi")
        assert (upload["fingerprint"], upload["published"], upload["length"]) == (
            *("abc", True),
            len(BODY),
        )
        assert (video.is_published, video.video_file.name, video.needs_plan) == (False, "", False)
        assert video.owner.email == "staff@example.org"

    def test_suggests_episode(self, staff: Client):
        upload = begin(staff, filename="Show.S01E02.mkv").json()
        again = begin(staff, filename="show.s01e03.mkv").json()

        assert (upload["series"], upload["season"], upload["episode"]) == ("Show", 1, 2)
        assert Video.objects.get(pk=again["video"]).series.title == "Show"

    def test_prefers_what_is_given(self, staff: Client):
        given = {"title": "Mine", "series": "", "season": "", "episode": "", "year": "2001"}

        upload = begin(staff, filename="Show.S01E02.mkv", **given).json()

        assert (upload["title"], upload["series"], upload["season"]) == ("Mine", "", None)
        assert (upload["episode"], upload["year"]) == (None, 2001)

    def test_takes_whole_film_at_once(self, staff: Client):
        response = begin(staff, body=BODY)

        assert (response.status_code, response["Upload-Offset"]) == (201, str(len(BODY)))
        assert response.json()["is_finished"]

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"filename": "film.exe"}, "filename"),
            ({"filename": "film"}, "filename"),
            ({"filename": ""}, "filename"),
            ({"title": "x" * 201}, "title"),
            ({"category": "no such"}, "category"),
            ({"year": "soon"}, "year"),
            ({"published": "perhaps"}, "published"),
        ],
    )
    def test_refuses_bad_metadata(self, staff: Client, values: dict[str, str], field: str):
        response = begin(staff, **values)

        assert response.status_code == 400
        assert field in response.json()
        assert not Video.objects.exists()

    @pytest.mark.parametrize("header", ["filename ???", "filename 4pyT4p,", "filename /w==", ""])
    def test_refuses_unreadable_metadata(self, staff: Client, header: str):
        headers = {**TUS, "HTTP_UPLOAD_LENGTH": "9", "HTTP_UPLOAD_METADATA": header}

        assert staff.generic("POST", URL, **headers).status_code == 400

    def test_cuts_path_to_its_name(self, staff: Client):
        assert begin(staff, filename="C:\\a/b/film.mp4").json()["filename"] == "film.mp4"

    def test_refuses_what_is_too_large(self, staff: Client, settings: Any):
        settings.MAX_UPLOAD_BYTES = 1000

        assert begin(staff, 1001).status_code == 413

    def test_refuses_without_room(self, staff: Client, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(local, "free_bytes", lambda: 2000)
        begin(staff, 1500)

        assert begin(staff, 1000).status_code == 507
        assert Video.objects.count() == 1

    @pytest.mark.parametrize("length", ["0", "-1", "x", "9" * 30])
    def test_refuses_senseless_length(self, staff: Client, length: str):
        headers = {"HTTP_UPLOAD_LENGTH": length, "HTTP_UPLOAD_METADATA": metadata(filename="a.mp4")}

        assert staff.generic("POST", URL, **TUS, **headers).status_code == 400

    def test_needs_length(self, staff: Client):
        assert staff.generic("POST", URL, **TUS).status_code == 411

    @pytest.mark.parametrize("version", [{}, {"HTTP_TUS_RESUMABLE": "0.2.0"}])
    def test_refuses_other_version(self, staff: Client, version: dict[str, str]):
        response = staff.generic("POST", URL, HTTP_UPLOAD_LENGTH="9", **version)

        assert (response.status_code, response["Tus-Version"]) == (412, "1.0.0")

    def test_limits_unfinished_uploads(self, staff: Client, settings: Any):
        settings.MAX_UNFINISHED_UPLOADS = 1
        begin(staff)

        assert begin(staff).status_code == 403

    def test_limits_bytes_of_member(self, settings: Any):
        settings.MEMBERS_MAY_UPLOAD, settings.UPLOAD_QUOTA_BYTES = True, 1000
        member = signed_in(make_user())

        assert begin(member, 600).status_code == 201
        assert begin(member, 600).status_code == 403


class TestRights:
    def test_refuses_stranger(self):
        assert begin(Client()).status_code == 401

    def test_tells_page_of_admin_that_session_is_over(self):
        upload = Client().get("/api/uploads/", headers={"X-CSRFToken": "admin"})

        assert upload.status_code == 401

    def test_refuses_member(self):
        assert begin(signed_in(make_user())).status_code == 403

    def test_accepts_member_when_setting_allows(self, settings: Any):
        settings.MEMBERS_MAY_UPLOAD = True

        assert begin(signed_in(make_user())).status_code == 201

    def test_accepts_session_of_admin(self):
        client = Client()
        client.force_login(make_user("staff", is_staff=True, is_superuser=True))

        assert begin(client).status_code == 201

    def test_refuses_django_session_of_member(self):
        client = Client()
        client.force_login(make_user())

        assert begin(client).status_code == 401

    def test_asks_admin_first_for_its_pages(self):
        client = signed_in(make_user())
        client.force_login(make_user("staff", is_staff=True, is_superuser=True))

        assert client.get(URL).status_code == 403
        assert client.get(URL, HTTP_X_CSRFTOKEN="x").status_code == 200

    def test_refuses_foreign_origin(self, staff: Client):
        headers = {**TUS, "HTTP_UPLOAD_LENGTH": "9", "HTTP_ORIGIN": "https://evil.example"}

        assert staff.generic("POST", URL, **headers).status_code == 403

    @pytest.mark.parametrize("method", ["HEAD", "PATCH", "DELETE", "GET"])
    def test_hides_uploads_of_others(self, staff: Client, method: str):
        other = signed_in(make_user("other", is_staff=True, is_superuser=True))
        upload = begin(staff).json()
        headers = {**TUS, "HTTP_UPLOAD_OFFSET": "0", "content_type": OCTETS}

        response = other.generic(method, f"{URL}{upload['id']}/", b"x", **headers)

        assert response.status_code == 404
        assert other.get(URL).json() == []
        assert Upload.objects.get().offset == 0


class TestSending:
    def test_arrives_in_parts(self, staff: Client):
        upload = begin(staff).json()

        first = send(staff, upload, 0, BODY[:1_500_000])
        second = send(staff, upload, 1_500_000, BODY[1_500_000:])

        video = Video.objects.get()
        assert (first.status_code, first["Upload-Offset"]) == (204, "1500000")
        assert (second.status_code, second["Upload-Offset"]) == (204, str(len(BODY)))
        assert local.path(video.video_file.name).read_bytes() == BODY
        assert (video.size, video.source_revision) == (len(BODY), 1)
        assert (video.is_published, video.state) == (True, State.PENDING)
        assert video.original_name == "The.Film.2019.mkv"

    def test_asks_for_plan(self, staff: Client, django_capture_on_commit_callbacks: Any):
        with django_capture_on_commit_callbacks(execute=True):
            begin(staff, body=BODY)

        assert jobs() == [f"plan_video-{Video.objects.get().pk}-1"]

    def test_stays_draft_when_sender_wants(self, staff: Client):
        begin(staff, body=BODY, published="false")

        assert not Video.objects.get().is_published

    def test_keeps_what_is_described_meanwhile(self, staff: Client):
        upload = begin(staff).json()
        Video.objects.update(title="Another")

        send(staff, upload, 0, BODY)

        assert Video.objects.get().title == "Another"

    @pytest.mark.parametrize("offset", [5, 99])
    def test_refuses_other_offset(self, staff: Client, offset: int):
        upload = begin(staff).json()
        send(staff, upload, 0, b"0123456789")

        assert send(staff, upload, offset, b"x").status_code == 409
        assert head(staff, upload)["Upload-Offset"] == "10"

    def test_refuses_more_than_its_length(self, staff: Client):
        upload = begin(staff, 10).json()

        assert send(staff, upload, 0, b"x" * 11).status_code == 413

    def test_refuses_other_type(self, staff: Client):
        upload = begin(staff).json()

        assert send(staff, upload, 0, b"x", content_type="video/mp4").status_code == 415

    def test_needs_offset(self, staff: Client):
        upload = begin(staff).json()

        assert send(staff, upload, 0, b"x", HTTP_UPLOAD_OFFSET="").status_code == 400

    def test_understands_other_method(self, staff: Client):
        upload = begin(staff).json()
        headers = {**TUS, "HTTP_UPLOAD_OFFSET": "0", "HTTP_X_HTTP_METHOD_OVERRIDE": "PATCH"}
        url = f"{URL}{upload['id']}/"

        response = staff.generic("POST", url, b"abc", content_type=OCTETS, **headers)

        assert (response.status_code, response["Upload-Offset"]) == (204, "3")

    def test_keeps_what_came_before_cut(self, staff: Client):
        upload = Upload.objects.get(pk=begin(staff).json()["id"])

        with pytest.raises(receiving.BrokenOffError):
            receiving.receive(upload, 0, len(BODY), Cut(BODY[:2_000_001]))

        upload.refresh_from_db()
        assert uploads.offset_of(upload) == 2_000_001
        assert local.path(upload.key).read_bytes() == BODY[:2_000_001]

    def test_says_when_disk_is_full(self, staff: Client, monkeypatch: pytest.MonkeyPatch):
        upload = begin(staff).json()
        monkeypatch.setattr(local.LocalStore.uploads, "append", raising(OSError(28, "full")))

        assert send(staff, upload, 0, b"x").status_code == 507
        assert Upload.objects.get().offset == 0

    def test_goes_back_to_what_survived_power_cut(self, staff: Client):
        upload = begin(staff).json()
        send(staff, upload, 0, BODY[:2000])
        os.truncate(local.path(Upload.objects.get().key), 1500)

        assert head(staff, upload)["Upload-Offset"] == "1500"
        assert send(staff, upload, 1500, BODY[1500:]).status_code == 204
        assert local.path(Video.objects.get().video_file.name).read_bytes() == BODY


class TestTakingOver:
    def test_newer_request_goes_on(self, staff: Client):
        upload = Upload.objects.get(pk=begin(staff).json()["id"])
        late = bytearray(b"late")

        def stuck(size: int) -> bytes:
            """The body of the first request, in the middle of which the second comes."""
            if late:
                late.clear()
                receiving.receive(upload, 0, 1000, Cut(BODY[:1000]))
            return b"X" * size

        with pytest.raises(receiving.TakenOverError):
            receiving.receive(upload, 0, 2000, stuck)

        assert local.path(upload.key).read_bytes() == BODY[:1000]
        assert Upload.objects.get().offset == 1000

    def test_cancelled_upload_takes_no_more(self, staff: Client):
        upload = Upload.objects.get(pk=begin(staff).json()["id"])

        def cancelled(size: int) -> bytes:
            Video.objects.all().delete()
            return b"X" * size

        with pytest.raises(receiving.TakenOverError):
            receiving.receive(upload, 0, 2000, cancelled)


class TestChecksum:
    def header(self, body: bytes, algorithm: str = "sha1") -> dict[str, str]:
        digest = base64.b64encode(hashlib.new(algorithm, body).digest()).decode()
        return {"HTTP_UPLOAD_CHECKSUM": f"{algorithm} {digest}"}

    @pytest.mark.parametrize("algorithm", receiving.ALGORITHMS)
    def test_accepts_right_bytes(self, staff: Client, algorithm: str):
        upload = begin(staff).json()

        response = send(staff, upload, 0, BODY, **self.header(BODY, algorithm))

        assert response.status_code == 204
        assert Upload.objects.get().finished_at

    def test_discards_wrong_bytes(self, staff: Client):
        upload = begin(staff).json()
        send(staff, upload, 0, BODY[:100])

        assert send(staff, upload, 100, b"wrong", **self.header(b"right")).status_code == 460
        assert head(staff, upload)["Upload-Offset"] == "100"
        assert send(staff, upload, 100, BODY[100:]).status_code == 204
        assert local.path(Video.objects.get().video_file.name).read_bytes() == BODY

    @pytest.mark.parametrize("header", ["crc7 abc", "sha1 ???", ""])
    def test_refuses_unknown(self, staff: Client, header: str):
        upload = begin(staff).json()

        assert send(staff, upload, 0, b"x", HTTP_UPLOAD_CHECKSUM=header).status_code == 400


class TestFinished:
    def test_answers_until_it_expires(self, staff: Client):
        upload = begin(staff, body=BODY).json()

        response = head(staff, upload)

        assert (response.status_code, response["Upload-Offset"]) == (200, str(len(BODY)))
        assert response["Cache-Control"] == "no-store"
        assert response["Upload-Metadata"] == metadata(filename="The.Film.2019.mkv", filetype="")

    def test_finishes_when_last_request_died(self, staff: Client, monkeypatch: Any):
        upload = begin(staff).json()
        with monkeypatch.context() as dying:
            dying.setattr(uploads, "finish", lambda _: None)
            send(staff, upload, 0, BODY)
        assert Video.objects.get().source_revision == 0

        uploads.tidy()
        uploads.tidy()

        assert Video.objects.get().source_revision == 1
        assert head(staff, upload)["Upload-Offset"] == str(len(BODY))

    def test_film_survives_end_of_upload(self, staff: Client):
        upload = begin(staff, body=BODY).json()

        assert staff.delete(f"{URL}{upload['id']}/", **TUS).status_code == 204
        assert local.path(Video.objects.get().video_file.name).read_bytes() == BODY


class TestEnding:
    def test_cancelling_leaves_nothing(
        self, staff: Client, own_media: Path, django_capture_on_commit_callbacks: Any
    ):
        upload = begin(staff).json()
        send(staff, upload, 0, BODY[:1000])

        with django_capture_on_commit_callbacks(execute=True):
            response = staff.delete(f"{URL}{upload['id']}/", **TUS)

        assert response.status_code == 204
        assert head(staff, upload).status_code == 404
        assert not Video.objects.exists()
        assert not list(own_media.rglob("sources/*"))

    def test_expires_with_its_draft(self, staff: Client):
        begin(staff)
        Upload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

        uploads.tidy()

        assert not Upload.objects.exists()
        assert not Video.objects.exists()


class TestDescribing:
    def test_changes_draft(self, staff: Client):
        upload = begin(staff).json()
        given = {"title": "Mine", "description": "ü" * 5000, "year": None, "published": False}

        response = staff.patch(f"{URL}{upload['id']}/", given, content_type="application/json")

        assert response.status_code == 200
        assert {name: response.json()[name] for name in given} == given
        send(staff, upload, 0, BODY)
        assert not Video.objects.get().is_published

    def test_publishes_finished_film(self, staff: Client):
        upload = begin(staff, body=BODY, published="false").json()
        url = f"{URL}{upload['id']}/"

        response = staff.patch(url, {"published": True}, content_type="application/json")

        assert response.json()["published"]
        assert Video.objects.get().is_published

    def test_refuses_bad_field(self, staff: Client):
        upload = begin(staff).json()
        url = f"{URL}{upload['id']}/"

        response = staff.patch(url, {"title": ""}, content_type="application/json")

        assert response.status_code == 400


class TestList:
    def test_shows_unfinished(self, staff: Client):
        first = begin(staff).json()
        begin(staff, body=BODY)

        assert [each["id"] for each in staff.get(URL).json()] == [first["id"]]
        assert len(staff.get(URL, {"finished": "true"}).json()) == 2

    def test_takes_same_queries_at_any_size(self, staff: Client, django_assert_num_queries: Any):
        for number in range(5):
            begin(staff, filename=f"Show.S01E0{number}.mkv")

        with django_assert_num_queries(2):
            staff.get(URL)


class TestCapabilities:
    def test_tells_anybody(self):
        response = Client().options(URL)

        assert response.status_code == 204
        assert response["Tus-Version"] == "1.0.0"
        assert "creation-with-upload" in response["Tus-Extension"]

    def test_lets_other_origins_read_headers(self, staff: Client):
        origin = {"HTTP_ORIGIN": "http://localhost:4200"}
        asked = {"HTTP_ACCESS_CONTROL_REQUEST_METHOD": "PATCH", **origin}
        upload = begin(staff).json()

        preflight = Client().options(URL, **asked)
        exposed = head(staff, upload, **origin)["Access-Control-Expose-Headers"]

        assert "upload-offset" in preflight["Access-Control-Allow-Headers"]
        assert "PATCH" in preflight["Access-Control-Allow-Methods"]
        assert {"location", "upload-offset", "upload-length"} <= set(exposed.split(", "))


class TestReplacing:
    def test_begins_revision_of_film(self, staff: Client):
        film = make_film(owner=make_user("owner"))

        upload = begin(staff, video=str(film.pk), body=BODY).json()

        film.refresh_from_db()
        assert (upload["replaces"], upload["video"]) == (True, film.pk)
        assert (film.source_revision, film.current_build_id is not None) == (2, True)

    def test_leaves_film_when_cancelled(self, staff: Client):
        film = make_film()
        upload = begin(staff, video=str(film.pk)).json()

        staff.delete(f"{URL}{upload['id']}/", **TUS)

        assert Video.objects.filter(pk=film.pk).exists()

    def test_refuses_film_of_others(self, settings: Any):
        settings.MEMBERS_MAY_UPLOAD = True
        film = make_film()

        assert begin(signed_in(make_user()), video=str(film.pk)).status_code == 403

    def test_refuses_unknown_film(self, staff: Client):
        assert begin(staff, video="999").status_code == 404
