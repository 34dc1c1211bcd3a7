"""Uploading: who may, what is taken, what is stored of it."""

import errno
import os
from io import BytesIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from tests.people import make_user, signed_in
from video_app.ingest.validators import FILM_SUFFIXES
from video_app.models import State, Video
from video_app.store import identity, local

pytestmark = pytest.mark.django_db
URL = "/api/video/upload/"


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    """A folder of this test's own, marked as this database's."""
    settings.MEDIA_ROOT = str(tmp_path)
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / local.UPLOADS)
    identity.check()


def make_uploader(name: str) -> Any:
    """Staff who may add films, and nothing else."""
    user = make_user(name, is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="add_video"))
    return user


@pytest.fixture
def staff() -> Client:
    return signed_in(make_uploader("boss"))


def film(name: str = "film.mp4", body: bytes = b"not really a film") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, body, "video/mp4")


def upload(client: Client, **fields: Any) -> Any:
    return client.post(URL, {"title": "A film", "video_file": film(), **fields})


@pytest.mark.contract
class TestRights:
    def test_refuses_stranger(self):
        assert upload(Client()).status_code == 401

    def test_refuses_member(self):
        assert upload(signed_in(make_user())).status_code == 403

    def test_refuses_staff_without_permission(self):
        assert upload(signed_in(make_user("clerk", is_staff=True))).status_code == 403

    def test_refuses_staff_with_another_permission(self):
        clerk = make_user("clerk", is_staff=True)
        clerk.user_permissions.add(Permission.objects.get(codename="change_video"))

        assert upload(signed_in(clerk)).status_code == 403

    def test_refuses_member_with_permission(self):
        member = make_user()
        member.user_permissions.add(Permission.objects.get(codename="add_video"))

        assert upload(signed_in(member)).status_code == 403

    def test_holds_members_to_their_quota(self, settings: Any):
        settings.MEMBERS_MAY_UPLOAD, settings.UPLOAD_QUOTA_BYTES = True, 1000
        member = signed_in(make_user())

        assert upload(member).status_code == 201
        refused = upload(member, video_file=film(body=bytes(900)))

        assert (refused.status_code, "all you have" in refused.json()["detail"]) == (403, True)
        assert Video.objects.count() == 1

    def test_accepts_superuser(self):
        boss = make_user("root", is_staff=True, is_superuser=True)

        assert upload(signed_in(boss)).status_code == 201

    def test_accepts_member_when_setting_allows(self, settings: Any):
        settings.MEMBERS_MAY_UPLOAD = True

        assert upload(signed_in(make_user())).status_code == 201

    @pytest.mark.parametrize("user", [None, {}], ids=["stranger", "member"])
    def test_parses_no_body_of_the_refused(self, user: Any, monkeypatch: pytest.MonkeyPatch):
        client = Client() if user is None else signed_in(make_user(**user))
        monkeypatch.setattr(
            "video_app.api.uploads.WholeFormParser.parse",
            lambda *args, **kwargs: pytest.fail("the body was read"),
        )

        assert upload(client).status_code in (401, 403)


@pytest.mark.contract
class TestStored:
    def test_returns_new_video(self, staff: Client):
        response = upload(staff, category="Sci-Fi", description="About a city")

        video = Video.objects.get()
        assert response.status_code == 201
        assert response.json() == {
            "id": video.pk,
            "created_at": response.json()["created_at"],
            "title": "A film",
            "description": "About a city",
            "category": "Sci-Fi",
            "state": "pending",
            "processed": False,
        }

    @pytest.mark.parametrize("path", ["/api/video/upload", "/api/videos/upload/"])
    def test_accepts_alias(self, staff: Client, path: str):
        response = staff.post(path, {"title": "A film", "video_file": film()})

        assert response.status_code == 201

    def test_assigns_owner(self, staff: Client):
        upload(staff)

        assert Video.objects.get().owner.email == "boss@example.org"

    def test_begins_source_revision(self, staff: Client):
        upload(staff)

        video = Video.objects.get()
        assert (video.source_revision, video.size, video.state) == (1, 17, State.PENDING)

    def test_defaults_category_to_other(self, staff: Client):
        assert upload(staff).json()["category"] == "Other"

    def test_ignores_internal_fields(self, staff: Client):
        other = make_user("other")

        upload(
            staff,
            id=77,
            owner=other.pk,
            is_published="false",
            state="completed",
            poster="../../etc/passwd",
            current_build=1,
            size=1,
        )

        video = Video.objects.get()
        assert video.pk != 77
        assert video.owner != other
        assert video.is_published
        assert (video.state, video.poster, video.current_build_id) == ("pending", "", None)

    def test_stores_no_script(self, staff: Client):
        upload(staff, title="<script>alert(1)</script>", description='"><img src=x onerror=a()>')

        video = Video.objects.get()
        assert not set(video.title + video.description) & set("<>\"'")

    @pytest.mark.parametrize("title", ["", "  ", "&#1;", "\x00", "&nbsp;", "&#1; &#2;"])
    def test_refuses_blank_title(self, staff: Client, title: str):
        response = upload(staff, title=title)

        assert response.status_code == 400
        assert list(response.json()) == ["title"]

    def test_refuses_endless_text_unread(self, staff: Client):
        with patch("video_app.api.serializers.harmless", lambda text: pytest.fail("was read")):
            response = upload(staff, title="&" + "amp;" * 300)

        assert list(response.json()) == ["title"]

    @pytest.mark.parametrize(
        "name", ["../../evil.mp4", "..\\evil.mp4", "CON.mp4", "a\u202e4pm.mp4", "ü b&c.mp4"]
    )
    def test_chooses_name_on_disk(self, staff: Client, name: str):
        upload(staff, video_file=film(name))

        stored = Video.objects.get().video_file.name
        assert stored.startswith("sources/")
        assert Path(stored).stem.isalnum()
        assert Path(stored).suffix == ".mp4"

    def test_re_encodes_thumbnail(self, staff: Client):
        picture = BytesIO()
        Image.new("RGB", (30, 20), "red").save(picture, "PNG")

        upload(staff, thumbnail=SimpleUploadedFile("x.html", picture.getvalue(), "text/html"))

        stored = Video.objects.get().thumbnail
        assert stored.name.endswith(".jpg")
        assert stored.read().startswith(b"\xff\xd8")
        stored.close()


@pytest.mark.contract
class TestRefused:
    @pytest.mark.parametrize("field", ["title", "video_file"])
    def test_names_missing_field(self, staff: Client, field: str):
        fields = {"title": "A film", "video_file": film()}
        del fields[field]

        response = staff.post(URL, fields)

        assert response.status_code == 400
        assert list(response.json()) == [field]

    @pytest.mark.parametrize("name", ["a.html", "a.svg", "a.mp4.html", "a.m3u8", "a.exe", "mp4"])
    def test_refuses_other_suffixes(self, staff: Client, name: str):
        response = upload(staff, video_file=film(name))

        assert response.status_code == 400
        assert list(response.json()) == ["video_file"]

    @pytest.mark.parametrize("suffix", [*FILM_SUFFIXES, "MP4"])
    def test_accepts_film_suffixes(self, staff: Client, suffix: str):
        assert upload(staff, video_file=film(f"a.{suffix}")).status_code == 201

    @pytest.mark.parametrize(
        "fields",
        [
            {"title": ""},
            {"title": "x" * 201},
            {"description": "x" * 5001},
            {"category": "nonsense"},
            {"video_file": SimpleUploadedFile("a.mp4", b"")},
            {"video_file": "not a file"},
            {"thumbnail": SimpleUploadedFile("a.svg", b"<svg/>")},
        ],
    )
    def test_names_bad_field(self, staff: Client, fields: dict[str, Any]):
        response = upload(staff, **fields)

        assert response.status_code == 400
        assert list(response.json()) == list(fields)
        assert not Video.objects.exists()

    @pytest.mark.parametrize("content_type", ["application/json", "text/plain"])
    def test_refuses_other_media_types(self, staff: Client, content_type: str):
        assert staff.post(URL, "{}", content_type).status_code == 415

    @pytest.mark.parametrize("body", [b"--x\r\n", b"--x\r\nContent-Disposition: form-data"])
    def test_refuses_broken_bodies(self, staff: Client, body: bytes):
        response = staff.post(URL, body, "multipart/form-data; boundary=x")

        assert response.status_code == 400

    def test_refuses_form_without_boundary(self, staff: Client):
        assert staff.post(URL, b"x", "multipart/form-data").status_code == 400

    def test_refuses_too_long_body_unread(self, staff: Client, settings: Any):
        settings.MAX_UPLOAD_BYTES = 100

        response = upload(staff, video_file=film(body=b"x" * 200))

        assert response.status_code == 413
        assert set(response.json()) == {"detail"}

    def test_requires_length_of_body(self, staff: Client):
        response = staff.post(URL, {}, headers={"Transfer-Encoding": "chunked"}, CONTENT_LENGTH="")

        assert response.status_code == 411


@pytest.mark.parametrize("in_memory", [True, False])
def test_syncs_film_before_answering(
    staff: Client, settings: Any, monkeypatch: pytest.MonkeyPatch, in_memory: bool
):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10**6 if in_memory else 10
    synced = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(os.fstat(descriptor).st_ino))

    assert upload(staff).status_code == 201

    stored = Path(settings.MEDIA_ROOT) / Video.objects.get().video_file.name
    assert [path.stat().st_ino for path in (stored, *stored.parents[:2])] == synced
    assert stored.stat().st_mode & 0o777 == 0o640


def test_leaves_nothing_of_unstored_film(
    staff: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
):
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    response = upload(staff)

    assert (response.status_code, set(response.json())) == (507, {"detail"})
    assert not Video.objects.exists()
    assert list(Path(settings.MEDIA_ROOT).glob("sources/*")) == []


def test_leaves_no_temporary_file(staff: Client, settings: Any):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10

    upload(staff)
    upload(staff, category="nonsense")

    assert list(Path(settings.FILE_UPLOAD_TEMP_DIR).iterdir()) == []


def test_serves_nothing_under_media(staff: Client, settings: Any):
    upload(staff)

    stored = Video.objects.get().video_file.name
    assert (Path(settings.MEDIA_ROOT) / stored).exists()
    for path in (f"/media/{stored}", f"/{stored}", f"/protected/{stored}", f"/static/{stored}"):
        assert staff.get(path).status_code == 404
