"""A member's quota: held by uploads that arrive at the same moment, and given back."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.people import make_user, signed_in
from tests.races import doing_before, in_threads_at_once
from video_app.api.serializers import UploadSerializer
from video_app.ingest import imports, quota, replacing, uploads, watch_folder
from video_app.ingest.storage import DurableStorage
from video_app.models import FormerSource, Import, Upload, Video
from video_app.store import local
from video_app.tests import test_api_uploads as plain
from video_app.tests.test_resumable_uploads import begin, head, send

pytestmark = pytest.mark.django_db(transaction=True)
QUOTA = 1000


@pytest.fixture(autouse=True)
def _media(own_media: Path, settings: Any) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(local.path(local.UPLOADS))
    settings.MEMBERS_MAY_UPLOAD, settings.UPLOAD_QUOTA_BYTES = True, QUOTA


@pytest.fixture
def alice() -> Any:
    return make_user()


@pytest.fixture
def member(alice: Any) -> Client:
    return signed_in(alice)


def post(client: Client, size: int = 600) -> Any:
    """The plain form, with a film of so many bytes."""
    return plain.upload(client, video_file=plain.film(body=bytes(size)))


def sources() -> list[str]:
    """Files of films, whole or begun."""
    return [path.name for path in local.path("sources").glob("*")]


class TestAtOnce:
    def test_takes_one_of_several_resumable(self, alice: Any):
        clients = [signed_in(alice) for _ in range(4)]

        answers = in_threads_at_once(*(lambda c=c: begin(c, 600) for c in clients))

        assert sorted(answer.status_code for answer in answers) == [201, 403, 403, 403]
        assert (Upload.objects.count(), Video.objects.count(), len(sources())) == (1, 1, 1)

    def test_takes_one_of_several_forms(self, alice: Any, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr("video_app.api.uploads.UploadView._require_room", lambda *_: None)
        clients = [signed_in(alice) for _ in range(4)]

        answers = in_threads_at_once(*(lambda c=c: post(c) for c in clients))

        assert sorted(answer.status_code for answer in answers) == [201, 403, 403, 403]
        assert (Video.objects.get().size, len(sources())) == (600, 1)

    def test_takes_form_or_resumable(self, alice: Any, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr("video_app.api.uploads.UploadView._require_room", lambda *_: None)
        form, tus = signed_in(alice), signed_in(alice)

        answers = in_threads_at_once(lambda: post(form), lambda: begin(tus, 600))

        assert sorted(answer.status_code for answer in answers) == [201, 403]
        assert len(sources()) == 1

    def test_takes_all_that_fit(self, alice: Any):
        clients = [signed_in(alice) for _ in range(4)]

        answers = in_threads_at_once(*(lambda c=c: begin(c, QUOTA // 4) for c in clients))

        assert {answer.status_code for answer in answers} == {201}
        assert quota.used_bytes(alice) == QUOTA

    def test_counts_each_person_alone(self, alice: Any):
        first, second = signed_in(alice), signed_in(make_user("bob"))

        answers = in_threads_at_once(lambda: begin(first, 600), lambda: begin(second, 600))

        assert {answer.status_code for answer in answers} == {201}

    def test_holds_nobody_of_staff(self):
        boss = plain.make_uploader("staff")
        clients = [signed_in(boss) for _ in range(3)]

        answers = in_threads_at_once(*(lambda c=c: begin(c, 900) for c in clients))

        assert {answer.status_code for answer in answers} == {201}

    def test_limits_unfinished_uploads(self, alice: Any, settings: Any):
        settings.MAX_UNFINISHED_UPLOADS = 1
        clients = [signed_in(alice) for _ in range(4)]

        answers = in_threads_at_once(*(lambda c=c: begin(c, 9) for c in clients))

        assert sorted(answer.status_code for answer in answers) == [201, 403, 403, 403]


class TestForm:
    def test_refuses_what_was_taken_while_its_body_came(
        self, alice: Any, member: Client, monkeypatch: pytest.MonkeyPatch
    ):
        other = signed_in(alice)
        doing_before(monkeypatch, UploadSerializer, "is_valid", lambda: begin(other, 600))

        refused = post(member)

        assert (refused.status_code, "all you have" in refused.json()["detail"]) == (403, True)
        assert (Video.objects.count(), len(sources())) == (1, 1)

    def test_refuses_what_was_taken_while_it_was_stored(
        self, alice: Any, member: Client, monkeypatch: pytest.MonkeyPatch
    ):
        other = signed_in(alice)
        doing_before(monkeypatch, DurableStorage, "_save", lambda: begin(other, 600))

        assert post(member).status_code == 403
        assert (Video.objects.count(), len(sources())) == (1, 1)


class TestGivenBack:
    def test_by_cancelling(self, member: Client):
        uploads.cancel(Upload.objects.get(pk=begin(member, 600).json()["id"]))

        assert begin(member, 600).status_code == 201

    def test_by_expiry(self, member: Client):
        begin(member, 600)
        Upload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

        uploads.tidy()

        assert begin(member, 600).status_code == 201

    def test_by_deleting_film(self, member: Client):
        upload = begin(member, 600, body=bytes(600)).json()
        assert begin(member, 600).status_code == 403

        assert member.delete(f"/api/video/{upload['video']}/").status_code == 204

        assert begin(member, 600).status_code == 201

    def test_not_by_finishing(self, alice: Any, member: Client):
        upload = begin(member, 600).json()
        before = quota.used_bytes(alice)

        send(member, upload, 0, bytes(600))

        assert head(member, upload)["Upload-Offset"] == "600"
        assert (before, quota.used_bytes(alice)) == (600, 600)

    def test_not_by_replacing_until_old_source_goes(self, alice: Any, member: Client):
        film = begin(member, 300, body=bytes(300)).json()["video"]
        begin(member, 400, body=b"x" * 400, video=str(film))
        assert (Video.objects.get().size, quota.used_bytes(alice)) == (400, 700)

        FormerSource.objects.update(created_at=timezone.now() - timedelta(days=400))
        replacing.tidy()

        assert quota.used_bytes(alice) == 400


class TestImports:
    def test_count_for_their_owner_while_they_come(
        self, alice: Any, member: Client, tmp_path: Path
    ):
        (tmp_path / "Film.mkv").write_bytes(b"a film")
        row = imports.add_file(tmp_path / "Film.mkv", owner=alice)
        assert row
        Import.objects.update(length=600)

        assert begin(member, 600).status_code == 403

        imports.cancel(row)
        assert begin(member, 600).status_code == 201

    def test_of_watched_folder_count_for_nobody(
        self, alice: Any, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
    ):
        (tmp_path / "Film.mkv").write_bytes(bytes(600))
        settings.WATCH_FOLDER = str(tmp_path)
        monkeypatch.setattr(watch_folder, "SETTLED_SECONDS", 0)

        watch_folder.watch()

        assert (Import.objects.get().owner, quota.used_bytes(alice)) == (None, 0)
