"""What becomes of films, uploads and imports when an account goes in the middle of them."""

import io
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from auth_app import leaving, sessions
from auth_app.models import User
from tests.people import make_user, signed_in
from tests.races import doing_before, in_threads_at_once
from video_app.ingest import receiving, room, uploads
from video_app.models import Delivery, Import, ImportOrigin, Upload, Video, Webhook
from video_app.store import landing
from video_app.tests.concurrency import Meanwhile
from video_app.tests.films import make_film, make_video
from video_app.tests.test_resumable_uploads import begin

pytestmark = pytest.mark.django_db(transaction=True)
PIECE = 300 * 1024


@pytest.fixture(autouse=True)
def _media(own_media: Path) -> None: ...


@pytest.fixture(autouse=True)
def _members_upload(settings: Any) -> None:
    settings.MEMBERS_MAY_UPLOAD = True


@pytest.fixture
def alice() -> User:
    return make_user("alice")


def begun(owner: User, length: int = 2 * PIECE) -> Upload:
    return uploads.begin(owner, uploads.Wanted(Video(title="Mine"), "mine.mp4", length))


def delete(user: User, **changes: Any) -> None:
    """The wait is over."""
    over = {"delete_at": timezone.now() - timedelta(seconds=1)}
    User.objects.filter(pk=user.pk).update(**over | changes)
    leaving.delete_due()
    assert not User.objects.filter(pk=user.pk).exists()


class TestUploads:
    def test_end_between_two_pieces(self, alice: User) -> None:
        upload, body = begun(alice), io.BytesIO(bytes(2 * PIECE))

        def read(size: int) -> bytes:
            if body.tell() >= PIECE and Upload.objects.exists():
                delete(alice)
            return body.read(min(size, PIECE))

        with pytest.raises(receiving.TakenOverError):
            receiving.receive(upload, 0, upload.length, read)
        assert not Video.objects.exists()
        assert landing.size(upload.key) == 0

    def test_leave_no_draft_behind(self, alice: User) -> None:
        upload = begun(alice)
        receiving.receive(upload, 0, PIECE, io.BytesIO(bytes(PIECE)).read)

        delete(alice)

        assert not Upload.objects.exists()
        assert not Video.objects.exists()
        assert landing.size(upload.key) == 0

    def test_begin_for_nobody_who_has_just_left(self, alice: User, monkeypatch: Any) -> None:
        client = signed_in(alice)
        doing_before(monkeypatch, landing, "begin", lambda: delete(alice))

        answer = begin(client, 5)

        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="api"')
        assert not Video.objects.exists()

    def test_by_form_come_too_late(self, alice: User, monkeypatch: Any) -> None:
        client = signed_in(alice)
        doing_before(monkeypatch, room, "refusal", lambda: delete(alice))

        film = SimpleUploadedFile("film.mp4", b"not really a film")
        answer = client.post("/api/video/upload/", {"title": "Late", "video_file": film})

        assert answer.status_code == 401
        assert not Video.objects.exists()

    def test_are_finished_when_all_has_come(self, alice: User) -> None:
        upload = begun(alice, PIECE)
        writer = receiving.take_over(upload, 0)
        writer.write(0, bytes(PIECE), counted=PIECE)  # and then the machine stopped

        delete(alice)
        uploads.tidy()

        film = Video.objects.get()
        assert (film.owner, film.size, film.is_published) == (None, PIECE, True)

    def test_whose_last_byte_comes_just_then_are_kept(self, alice: User, monkeypatch: Any) -> None:
        upload = begun(alice, PIECE)
        receiving.take_over(upload, 0).write(0, bytes(PIECE), counted=PIECE)
        reached, go_on = threading.Event(), threading.Event()

        def wait() -> None:
            reached.set()
            assert go_on.wait(20)

        doing_before(monkeypatch, Video, "take_source", wait)
        finishing = Meanwhile(lambda: uploads.finish(upload.pk))
        assert reached.wait(20)
        going = Meanwhile(lambda: delete(alice))
        go_on.set()

        assert (finishing.result, going.result) == (True, None)
        assert Video.objects.get().video_file.name == upload.key

    def test_of_parallel_deletions_leave_nothing(self, alice: User) -> None:
        begun(alice)
        User.objects.update(delete_at=timezone.now() - timedelta(seconds=1))

        in_threads_at_once(leaving.delete_due, leaving.delete_due, uploads.tidy)

        assert not Video.objects.exists()


class TestFilms:
    def test_of_members_stay_without_owner(self, alice: User) -> None:
        film = make_film(owner=alice)

        delete(alice)

        film.refresh_from_db()
        assert (film.owner, film.current_build is None) == (None, False)

    def test_of_members_go_when_they_want(self, alice: User) -> None:
        bobs = make_film("Theirs", owner=make_user("bob"))
        make_film("Hers", owner=alice)
        Webhook.objects.create(url="https://hooks.example/", events=["video.deleted"])

        delete(alice, delete_films=True)

        assert list(Video.objects.all()) == [bobs]
        told = Delivery.objects.get()
        assert (told.event, alice.email in told.body) == ("video.deleted", False)

    @pytest.mark.parametrize("when", ["before", "during the wait"])
    def test_of_staff_stay(self, when: str) -> None:
        staff = make_user("staff", is_staff=when == "before")
        film = make_film(owner=staff)
        leaving.ask_for_deletion(staff, sessions.Client(), with_films=True)

        delete(staff, is_staff=True)

        assert Video.objects.get() == film

    def test_that_are_fetched_for_staff_still_come(self) -> None:
        staff = make_user("staff", is_staff=True)
        video = make_video(owner=staff, video_file="", source_revision=0)
        about = {"origin": ImportOrigin.URL, "location": "https://films.example/a.mp4"}
        Import.objects.create(video=video, owner=staff, filename="a.mp4", key="k", **about)

        delete(staff)

        assert Import.objects.get().video == video
