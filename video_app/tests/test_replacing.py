"""Another source for a film, and the way back to the former one."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from tests.people import make_user, signed_in
from video_app.ingest import replacing
from video_app.models import Build, BuildState, FormerSource, State, Video
from video_app.store import local
from video_app.tests.films import (
    ago,
    make_film,
    make_next_build,
    make_plan,
    publish,
    replace_source,
    write,
)
from video_app.work import cleanup

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def film(own_media: Path) -> Video:
    """With a source of its own, shown from a whole build."""
    write("sources/a.mp4", b"the first")
    return make_film(planned_revision=1, original_name="First.mp4")


@pytest.fixture
def replaced(film: Video) -> Video:
    """Replaced by another, which is shown."""
    replace_source(film)
    newer = make_next_build(film, make_plan(segments=2))
    Build.objects.filter(pk=newer.pk).update(state=BuildState.COMPLETE)
    Video.objects.filter(pk=film.pk).update(state=State.COMPLETED)
    publish(newer)
    return Video.objects.get(pk=film.pk)


class TestGoingBack:
    def test_shows_former_build_at_once(self, film: Video, replaced: Video):
        former, newer = film.current_build, replaced.current_build

        assert replacing.go_back(film.pk)

        video = Video.objects.get(pk=film.pk)
        assert video.current_build == former
        assert (video.video_file.name, video.original_name) == ("sources/a.mp4", "First.mp4")
        assert (video.state, video.needs_plan, video.duration) == (State.COMPLETED, False, 24.0)
        assert Build.objects.get(pk=former.pk).retired_at is None
        assert Build.objects.get(pk=newer.pk).retired_at is not None

    def test_goes_forward_again(self, film: Video, replaced: Video):
        assert replacing.go_back(film.pk)
        assert replacing.go_back(film.pk)

        video = Video.objects.get(pk=film.pk)
        assert (video.current_build, video.video_file.name) == (
            replaced.current_build,
            "sources/b.mp4",
        )
        assert local.path("sources/a.mp4").exists()
        assert local.path("sources/b.mp4").exists()

    def test_stops_new_source_that_is_being_encoded(self, film: Video):
        replace_source(film)
        newer = make_next_build(film, make_plan())
        Build.objects.filter(pk=newer.pk).update(state=BuildState.ENCODING)

        assert replacing.go_back(film.pk)

        assert Build.objects.get(pk=newer.pk).state == BuildState.CANCELLED
        assert Video.objects.get(pk=film.pk).current_build == film.current_build

    def test_plans_again_what_was_never_shown(self, film: Video):
        Video.objects.filter(pk=film.pk).update(current_build=None)
        Build.objects.all().delete()
        replace_source(film)

        assert replacing.go_back(film.pk)

        assert Video.objects.get(pk=film.pk).needs_plan

    def test_has_nowhere_to_go_without_replacement(self, film: Video):
        assert not replacing.go_back(film.pk)
        assert not replacing.go_back(film.pk + 1)


class TestKeeping:
    def test_keeps_former_build_from_cleanup(self, film: Video, replaced: Video):
        Build.objects.update(retired_at=ago(configured.RETIRED_BUILD_SECONDS + 60))

        cleanup.clean()

        assert Build.objects.filter(pk=film.current_build_id).exists()
        assert local.path(film.current_build.prefix).exists()

    def test_forgets_after_a_while(self, film: Video, replaced: Video, settings: Any):
        long_ago = timezone.now() - timedelta(hours=settings.REPLACED_HOURS + 1)
        FormerSource.objects.update(created_at=long_ago)

        replacing.tidy()

        assert not local.path("sources/a.mp4").exists()
        assert local.path("sources/b.mp4").exists()

    def test_goes_with_its_film(self, film: Video, replaced: Video):
        replaced.delete()

        assert not list(local.root().glob("sources/*"))


class TestEndpoint:
    def test_tells_and_goes_back(self, film: Video, replaced: Video):
        staff = signed_in(make_user("staff", is_staff=True, is_superuser=True))
        url = f"/api/video/{film.pk}/go-back/"

        told = staff.get(url)
        done = staff.post(url)

        assert (told.status_code, told.json()["filename"]) == (200, "First.mp4")
        assert (done.status_code, done.json()) == (
            200,
            {"id": film.pk, "state": "completed", "processed": True},
        )

    def test_finds_nothing_without_replacement(self, film: Video):
        staff = signed_in(make_user("staff", is_staff=True, is_superuser=True))

        assert staff.post(f"/api/video/{film.pk}/go-back/").status_code == 404

    @pytest.mark.parametrize(("name", "status"), [(None, 401), ("alice", 403)])
    def test_refuses_stranger(self, film: Video, replaced: Video, name: str | None, status: int):
        client = signed_in(make_user(name)) if name else Client()

        assert client.post(f"/api/video/{film.pk}/go-back/").status_code == status
        assert client.get(f"/api/video/{film.pk}/go-back/").status_code == status


class TestFilmPage:
    @pytest.fixture
    def staff(self, client: Client) -> Client:
        client.force_login(make_user("staff", is_staff=True, is_superuser=True))
        return client

    def test_names_former_file_and_goes_back(self, staff: Client, film: Video, replaced: Video):
        path = f"/admin/video_app/video/{film.pk}/"
        page = staff.get(f"{path}change/").content.decode()
        assert "Before it was “First.mp4”" in page
        assert f'action="{path}go-back/"' in page

        answer = staff.post(f"{path}go-back/", follow=True)

        assert "The film has its former file again." in answer.content.decode()
        assert Video.objects.get(pk=film.pk).original_name == "First.mp4"
        assert LogEntry.objects.get().change_message == "Taken back to the former file."

    def test_says_when_there_is_none_any_more(self, staff: Client, film: Video):
        path = f"/admin/video_app/video/{film.pk}/"
        assert "Before it was" not in staff.get(f"{path}change/").content.decode()

        answer = staff.post(f"{path}go-back/", follow=True)

        assert "There is no former file any more." in answer.content.decode()
        assert not LogEntry.objects.exists()

    def test_goes_back_by_post_of_who_may_change_only(
        self, client: Client, film: Video, replaced: Video
    ):
        path = f"/admin/video_app/video/{film.pk}/go-back/"
        assert client.post(path).status_code == 302  # to sign in
        clerk = make_user("clerk", is_staff=True)
        client.force_login(clerk)
        assert client.post(path).status_code == 403
        clerk.user_permissions.add(Permission.objects.get(codename="change_video"))
        assert client.get(path).status_code == 404
        assert Video.objects.get(pk=film.pk).video_file == replaced.video_file
