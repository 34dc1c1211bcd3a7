"""The admin: uploading, watching the progress, transcoding again."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

import django_rq
import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from tests.people import make_user
from video_app.models import Build, Series, State, Video
from video_app.pipeline import note_words, refusals
from video_app.pipeline.streams import Note
from video_app.pipeline.types import Plan
from video_app.store import identity
from video_app.tests.films import make_build, make_film, make_plan, make_video, write

pytestmark = pytest.mark.django_db(transaction=True)
LIST = "/admin/video_app/video/"
PROGRESS = f"{LIST}progress/"
NO_ROWS = {
    f"{rows}-{count}_FORMS": 0
    for rows in ("chapters", "added_subtitles")
    for count in ("TOTAL", "INITIAL")
}


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path, transactional_db: None) -> Path:
    settings.MEDIA_ROOT = tmp_path
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "tmp"
    identity.check()  # which marks them as this database's
    return tmp_path


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(make_user("staff", is_staff=True, is_superuser=True))
    return client


def jobs() -> list[str]:
    return [job for name in ("urgent", "transcode") for job in django_rq.get_queue(name).job_ids]


def form(name: str = "My Film.mp4", **fields: Any) -> dict[str, Any]:
    film = SimpleUploadedFile(name, b"bytes of a film", "video/mp4")
    given = {"title": "A film", "category": "drama", "audience": "everybody", "video_file": film}
    return given | {"is_published": "on"} | NO_ROWS | fields


def make_half_done() -> Video:
    video = make_video(planned_revision=1, state=State.PROCESSING, duration=24.0)
    make_build(video, make_plan(segments=4, chunk=2), done=1)
    return video


def test_assigns_owner_and_enqueues_plan_on_upload(staff: Client) -> None:
    response = staff.post(f"{LIST}add/", form())
    assert response.status_code == 302
    video = Video.objects.get()
    assert (video.owner.email, video.state) == ("staff@example.org", State.PENDING)
    assert jobs() == [f"plan_video-{video.pk}-1"]


def test_tells_script_where_saved_form_leads_and_keeps_the_message(staff: Client) -> None:
    answer = staff.post(f"{LIST}add/", form(), headers={"X-Requested-With": "XMLHttpRequest"})
    assert answer.json() == {"location": LIST}
    assert "was added successfully" in staff.get(LIST).content.decode()


@pytest.mark.parametrize("name", ["film.exe", "film.html", "film.mp4.svg", "film", "film.m3u8"])
def test_rejects_other_file_types(staff: Client, name: str) -> None:
    response = staff.post(f"{LIST}add/", form(name))
    assert "video_file" in response.context["adminform"].form.errors
    assert not Video.objects.exists()


def test_rejects_too_large_file(staff: Client, settings: Any) -> None:
    settings.MAX_UPLOAD_BYTES = 10
    response = staff.post(f"{LIST}add/", form())
    assert "larger than" in str(response.context["adminform"].form.errors)


def test_re_encodes_thumbnail(staff: Client, media: Path) -> None:
    photo, exif = BytesIO(), Image.Exif()
    exif[0x010E] = "where I live"
    Image.new("RGB", (2000, 1000)).save(photo, "PNG", exif=exif)
    photo.seek(0)

    staff.post(f"{LIST}add/", form(thumbnail=SimpleUploadedFile("me.png", photo.read())))

    stored = (media / Video.objects.get().thumbnail.name).read_bytes()
    assert Image.open(BytesIO(stored)).format == "JPEG"
    assert b"where I live" not in stored


def test_rejects_thumbnail_that_is_no_image(staff: Client) -> None:
    response = staff.post(f"{LIST}add/", form(thumbnail=SimpleUploadedFile("me.jpg", b"<svg/>")))
    assert "thumbnail" in response.context["adminform"].form.errors


def test_requires_file(staff: Client) -> None:
    response = staff.post(f"{LIST}add/", form(video_file=""))
    assert "video_file" in response.context["adminform"].form.errors


def test_changes_title_without_transcoding(staff: Client) -> None:
    video = make_film(planned_revision=1)
    staff.post(f"{LIST}{video.pk}/change/", form(title="New", video_file=""))
    video.refresh_from_db()
    assert (video.title, video.state, video.source_revision) == ("New", State.COMPLETED, 1)
    assert jobs() == []


def test_enqueues_plan_for_new_file(staff: Client) -> None:
    video = make_film(planned_revision=1)
    staff.post(f"{LIST}{video.pk}/change/", form("b.mkv"))
    video.refresh_from_db()
    assert (video.source_revision, video.state) == (2, State.PENDING)
    assert jobs() == [f"plan_video-{video.pk}-2"]


def test_lists_many_films_with_constant_queries(staff: Client) -> None:
    make_half_done()
    with CaptureQueriesContext(connection) as one:
        staff.get(LIST)
    for _ in range(4):
        make_half_done()
        make_film()
    with CaptureQueriesContext(connection) as many:
        assert staff.get(LIST).status_code == 200
    assert len(many) == len(one)


def test_escapes_titles_in_list(staff: Client) -> None:
    make_video("<script>alert(1)</script>", error="<b>", state=State.FAILED)
    page = staff.get(LIST).content
    assert b"<script>alert(1)" not in page
    assert b"<b>" not in page


def test_enqueues_plan_on_transcode_again(staff: Client) -> None:
    video = make_film(planned_revision=1)
    staff.post(LIST, {"action": "transcode_again", "_selected_action": [video.pk]})
    assert jobs() == [f"plan_video-{video.pk}-2"]


@pytest.mark.parametrize(("action", "is_published"), [("publish", True), ("unpublish", False)])
def test_publishes_and_unpublishes_films(staff: Client, action: str, is_published: bool) -> None:
    video = make_film(is_published=not is_published)
    staff.post(LIST, {"action": action, "_selected_action": [video.pk]})
    video.refresh_from_db()
    assert video.is_published == is_published


def test_deletes_films_with_their_files(staff: Client, media: Path) -> None:
    video = make_film()
    selected = {"action": "delete_selected", "_selected_action": [video.pk], "post": "yes"}
    staff.post(LIST, selected)
    assert not Video.objects.exists()
    assert not list(media.glob("hls/*"))


def test_reports_progress(staff: Client) -> None:
    video = make_half_done()
    shown = staff.get(PROGRESS, {"ids": f"{video.pk},404,x"}).json()
    assert list(shown) == [str(video.pk)]
    assert shown[str(video.pk)]["percent"] == 50.0
    assert shown[str(video.pk)]["label"].startswith("encoding 50 %")
    assert shown[str(video.pk)]["length"] == "0:00:24"


HUGE, TOO_BIG = "9" * 30, str(2**63)


@pytest.mark.parametrize("ids", [HUGE, TOO_BIG, "9" * 5000, "-1", "0", "%D9%A3", "1.5", ""])
def test_ignores_invalid_ids(staff: Client, ids: str) -> None:
    video = make_film()
    shown = staff.get(f"{PROGRESS}?ids={ids},{video.pk}").json()
    assert list(shown) == [str(video.pk)]


@pytest.mark.parametrize(
    "query",
    [
        f"id__in={HUGE}",
        f"pk__in={TOO_BIG}",
        f"owner={HUGE}",
        f"created_at__year={HUGE}",
        f"p={HUGE}",
        f"o={HUGE}",
        "q=%00",
        "category=%00",
        "state__exact=%00",
        "created_at__year=2026&created_at__month=2&created_at__day=31",
    ],
)
def test_survives_hostile_filters(staff: Client, query: str) -> None:
    make_film()
    assert staff.get(f"{LIST}?{query}").status_code in (200, 302, 400)


@pytest.mark.parametrize("action", ["publish", "transcode_again", "delete_selected"])
@pytest.mark.parametrize("selected", [HUGE, TOO_BIG, "x", "\0"])
def test_survives_hostile_selections(staff: Client, action: str, selected: str) -> None:
    make_film()
    response = staff.post(LIST, {"action": action, "_selected_action": selected, "post": "yes"})
    assert response.status_code in (200, 302, 400)
    assert Video.objects.count() == 1


@pytest.mark.parametrize("pk", [HUGE, TOO_BIG, "9" * 5000, "x%00"])
@pytest.mark.parametrize("page", ["change", "delete", "history", "poster", "replace"])
def test_returns_404_for_invalid_ids(staff: Client, pk: str, page: str) -> None:
    assert staff.get(f"{LIST}{pk}/{page}/").status_code in (302, 404)


def test_returns_404_when_saved_film_was_deleted(staff: Client) -> None:
    video, save = make_film(planned_revision=1), Video.save

    def lose_and_save(self: Video, **options: Any) -> None:
        Video.objects.filter(pk=self.pk).delete()
        save(self, **options)

    with patch.object(Video, "save", lose_and_save):
        response = staff.post(f"{LIST}{video.pk}/change/", form(title="New", video_file=""))
    assert response.status_code == 404


def plan_with_note(text: str) -> Plan:
    plan = make_plan()
    return replace(plan, source=replace(plan.source, notes=(Note("tracks", text),)))


def test_shows_what_was_left_out(staff: Client) -> None:
    video = make_film()
    with patch.object(Build, "plan", plan_with_note("Two <sounds> were left out.")):
        page = staff.get(f"{LIST}{video.pk}/change/").content.decode()
    assert "Two &lt;sounds&gt; were left out." in page


def test_shows_what_was_left_out_in_german(staff: Client) -> None:
    video = make_film()
    with patch.object(Build, "plan", plan_with_note(note_words.DAMAGED)):
        page = staff.get(f"{LIST}{video.pk}/change/", headers={"Accept-Language": "de"})
    assert "Die Datei ist beschädigt: An einigen Stellen" in page.content.decode()


def test_shows_reason_of_failure_in_german(staff: Client) -> None:
    make_video(state=State.FAILED, error=refusals.too_large(20000, 10))
    for path in ("/admin/", LIST):
        page = staff.get(path, headers={"Accept-Language": "de"}).content.decode()
        assert "Das Bild ist zu groß: 20000 x 10 Pixel." in page


def test_shows_that_nothing_was_left_out(staff: Client) -> None:
    page = staff.get(f"{LIST}{make_film().pk}/change/").content.decode()
    assert '<div class="readonly">nothing</div>' in page


def test_reports_new_poster(staff: Client) -> None:
    video = make_half_done()
    assert staff.get(PROGRESS, {"ids": video.pk}).json()[str(video.pk)]["poster"] == ""
    Video.objects.filter(pk=video.pk).update(poster="posters/1.jpg")
    shown = staff.get(PROGRESS, {"ids": video.pk}).json()[str(video.pk)]
    assert shown["poster"] == f"{LIST}{video.pk}/poster/"


def test_reports_many_films_with_constant_queries(staff: Client) -> None:
    videos = [make_half_done() for _ in range(4)]
    with CaptureQueriesContext(connection) as one:
        staff.get(PROGRESS, {"ids": str(videos[0].pk)})
    with CaptureQueriesContext(connection) as four:
        staff.get(PROGRESS, {"ids": ",".join(str(video.pk) for video in videos)})
    assert len(four) == len(one)


@pytest.mark.parametrize("path", [PROGRESS, f"{LIST}1/poster/", LIST])
def test_redirects_anonymous_requests_to_login(client: Client, path: str) -> None:
    assert client.get(path)["Location"].startswith("/admin/login/")


@pytest.mark.parametrize("path", [PROGRESS, f"{LIST}1/poster/", LIST])
def test_redirects_members_to_login(client: Client, path: str) -> None:
    client.force_login(make_user())
    assert client.get(path).status_code == 302


def test_serves_poster_to_staff(staff: Client) -> None:
    video = make_video(poster="posters/1.jpg")
    write("posters/1.jpg", b"jpeg")
    response = staff.get(f"{LIST}{video.pk}/poster/")
    assert b"".join(response.streaming_content) == b"jpeg"


def test_returns_404_without_poster(staff: Client) -> None:
    video = make_video(poster="posters/gone.jpg")
    assert staff.get(f"{LIST}{video.pk}/poster/").status_code == 404


# --- the studio -----------------------------------------------------------------------


def test_adding_leads_to_the_studio(staff: Client) -> None:
    assert staff.get(f"{LIST}add/")["Location"] == f"{LIST}upload/"
    assert "video_file" in staff.get(f"{LIST}add/?plain=1").content.decode()


def test_studio_names_limits_and_known_series(staff: Client, settings: Any) -> None:
    settings.MAX_UPLOAD_BYTES = 12345
    Series.objects.create(title="Harbour Lights")
    page = staff.get(f"{LIST}upload/").content.decode()
    assert 'data-largest="12345"' in page
    assert '<option value="Harbour Lights">' in page
    assert "<script>" not in page


def test_studio_is_closed_to_staff_who_may_not_add_films(client: Client) -> None:
    client.force_login(make_user("clerk", is_staff=True))
    assert client.get(f"{LIST}upload/").status_code == 403


def test_studio_replaces_the_film_it_is_opened_for(staff: Client) -> None:
    video = make_video(title="Old & Good")
    page = staff.get(f"{LIST}{video.pk}/replace/").content.decode()
    assert f'data-replaces="{video.pk}"' in page
    assert "takes the place of “Old &amp; Good”" in page
    assert "data-replaces" not in staff.get(f"{LIST}upload/").content.decode()
    assert staff.get(f"{LIST}{video.pk + 1}/replace/").status_code == 404


@pytest.mark.parametrize("rights", [(), ("add_video",), ("change_video",)])
def test_replacing_is_closed_to_who_may_not_add_and_change(client: Client, rights: Any) -> None:
    clerk = make_user("clerk", is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(codename__in=rights))
    client.force_login(clerk)
    assert client.get(f"{LIST}{make_video().pk}/replace/").status_code == 403


def test_studio_takes_pictures_from_who_may_change_films(client: Client) -> None:
    clerk = make_user("clerk", is_staff=True)
    client.force_login(clerk)
    clerk.user_permissions.set(Permission.objects.filter(codename="add_video"))
    assert "data-picture" not in client.get(f"{LIST}upload/").content.decode()
    clerk.user_permissions.add(Permission.objects.get(codename="change_video"))
    assert "data-picture" in client.get(f"{LIST}upload/").content.decode()


def test_downloads_source_under_its_own_name(staff: Client) -> None:
    video = make_video(original_name="Ferien, Straße.mp4")
    write("sources/a.mp4", b"the film")
    page = staff.get(f"{LIST}{video.pk}/change/").content.decode()
    assert f'href="{LIST}{video.pk}/source/">Ferien, Straße.mp4' in page
    response = staff.get(f"{LIST}{video.pk}/source/")
    assert b"".join(response.streaming_content) == b"the film"
    assert "Ferien%2C%20" in response["Content-Disposition"]


def test_returns_404_without_source(staff: Client) -> None:
    assert staff.get(f"{LIST}{make_video().pk}/source/").status_code == 404
    assert staff.get(f"{LIST}{make_video(video_file='').pk}/source/").status_code == 404


@pytest.mark.parametrize("page", ["source", "poster"])
def test_keeps_files_from_staff_who_may_not_see_films(client: Client, page: str) -> None:
    client.force_login(make_user("clerk", is_staff=True))
    assert client.get(f"{LIST}{make_video().pk}/{page}/").status_code == 403


def test_tells_notes_when_asked(staff: Client) -> None:
    video = make_film()
    with patch.object(Build, "plan", plan_with_note("Two sounds were left out.")):
        shown = staff.get(PROGRESS, {"ids": video.pk, "notes": 1}).json()[str(video.pk)]
    assert shown["notes"] == ["Two sounds were left out."]
    assert shown["is_watchable"] is True
