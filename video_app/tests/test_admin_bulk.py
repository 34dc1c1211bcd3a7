"""The admin: what staff do to many films at once."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from tests.people import make_user
from video_app.models import Tag, Video
from video_app.tests.films import make_film, make_video

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_media")]
LIST = "/admin/video_app/video/"


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(make_user("staff", is_staff=True, is_superuser=True))
    return client


def act(client: Client, action: str, *videos: Video, **fields: Any) -> str:
    """Do it to these films, or without any named to all of them; the page that follows."""
    selected = [video.pk for video in videos or Video.objects.all()[:1]]
    given = {"action": action, "_selected_action": selected} | fields
    if not videos:
        given["select_across"] = "1"
    return client.post(LIST, given, follow=True).content.decode()


def history() -> list[str]:
    return list(LogEntry.objects.order_by("pk").values_list("change_message", flat=True))


@pytest.mark.parametrize("action", ["publish", "unpublish"])
def test_tells_how_many_films_changed(staff: Client, action: str) -> None:
    make_video("Was so already", is_published=action == "publish")
    changed = make_video("Changes", is_published=action != "publish")

    page = act(staff, action)

    assert f"1 film was {action}ed." in page
    assert history() == [f"{action.capitalize()}ed."]
    assert LogEntry.objects.get().object_id == str(changed.pk)


def test_says_that_nothing_changed(staff: Client) -> None:
    assert "No film was published: it was so already." in act(staff, "publish", make_video())
    assert history() == []


def test_publishes_more_films_than_a_query_can_name(staff: Client) -> None:
    drafts = [Video(title=f"Film {n}", is_published=False) for n in range(1200)]
    Video.objects.bulk_create(drafts)

    assert "1200 films were published." in act(staff, "publish")
    assert Video.objects.filter(is_published=True).count() == 1200
    assert LogEntry.objects.count() == 1200


def test_forgets_date_when_published_by_hand(staff: Client) -> None:
    later = timezone.now() + timedelta(days=1)
    video = make_video(is_published=False, publish_at=later, unpublish_at=later)
    act(staff, "publish", video)
    video.refresh_from_db()
    assert (video.publish_at, video.unpublish_at) == (None, later)


def test_sets_category(staff: Client) -> None:
    video = make_video(category="drama")
    page = act(staff, "set_category", video, category="western")
    video.refresh_from_db()
    assert video.category == "western"
    assert "moved to the category Western" in page


def test_asks_for_category(staff: Client) -> None:
    assert "Please choose the category" in act(staff, "set_category", make_video())


@pytest.mark.parametrize("category", ["romcom", "\0"])
def test_refuses_unknown_category(staff: Client, category: str) -> None:
    video = make_video(category="drama")
    act(staff, "set_category", video, category=category)
    video.refresh_from_db()
    assert video.category == "drama"


def test_adds_tag_in_whatever_case_once(staff: Client) -> None:
    tagged, other = make_video(), make_video()
    tagged.tags.add(Tag.objects.create(name="Noir"))

    assert "1 film was tagged “noir”." in act(staff, "add_tag", tag=" noir ")
    assert [tag.name for tag in other.tags.all()] == ["Noir"]


def test_removes_tag(staff: Client) -> None:
    video = make_video()
    video.tags.add(Tag.objects.create(name="Noir"))
    act(staff, "remove_tag", video, tag="NOIR")
    assert not video.tags.exists()


@pytest.mark.parametrize("action", ["add_tag", "remove_tag"])
@pytest.mark.parametrize("tag", ["", "  "])
def test_demands_tag(staff: Client, action: str, tag: str) -> None:
    assert "Please type the tag" in act(staff, action, make_video(), tag=tag)
    assert not Tag.objects.exists()


def test_removes_unknown_tag_from_nothing(staff: Client) -> None:
    assert "No film was freed of the tag" in act(staff, "remove_tag", make_video(), tag="x")


def test_asks_before_deleting_without_naming_chunks(staff: Client) -> None:
    make_film("Doomed")
    page = act(staff, "delete_selected")
    assert "Doomed" in page
    assert "chunk" not in page.lower()
    assert Video.objects.exists()


def test_transcodes_only_films_that_have_a_file(staff: Client) -> None:
    film = make_film(planned_revision=1)
    make_video(video_file="", source_revision=0)
    assert "1 film was sent to be transcoded again." in act(staff, "transcode_again")
    assert LogEntry.objects.get().object_id == str(film.pk)


def test_refuses_staff_who_may_only_look(client: Client) -> None:
    reader = make_user("reader", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_video"))
    client.force_login(reader)
    video = make_video(is_published=False)
    act(client, "publish", video)
    video.refresh_from_db()
    assert not video.is_published
