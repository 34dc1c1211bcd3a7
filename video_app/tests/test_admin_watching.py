"""What staff see of watching; only who may view it."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from tests.people import make_user
from video_app.models import FilmDay, Video, Viewing, WatchTotals
from video_app.models.watching import no_parts
from video_app.tests.films import make_film

pytestmark = pytest.mark.django_db
PAGES = ["filmday/", "filmday/figures/", "filmday/figures/{film}/", "viewing/"]
MONITORING = Path(project.BASE_DIR) / "docker" / "monitoring"


@pytest.fixture
def film() -> Video:
    film = make_film("Sintel")
    parts = no_parts()
    parts[0], parts[1] = 4, 2
    FilmDay.objects.create(
        video=film,
        day=timezone.localdate(),
        views=4,
        seconds=7200,
        stalls=3,
        started=2,
        startup_seconds=3.0,
        retention=parts,
    )
    Viewing.objects.create(
        id="a" * 32,
        video=film,
        day=timezone.localdate(),
        request_id="abc123",
        began_at=timezone.now(),
        last_at=timezone.now(),
        end="error",
    )
    return film


def signed_in(*permissions: str) -> Client:
    user = make_user("staff", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


def address(page: str, film: Video) -> str:
    return f"/admin/video_app/{page.format(film=film.pk)}"


@pytest.mark.parametrize("page", PAGES)
def test_shows_pages_to_who_may_view(film: Video, page: str):
    response = signed_in("view_filmday", "view_viewing").get(address(page, film))

    assert response.status_code == 200
    assert "Sintel" in response.content.decode() or page.endswith("figures/")


@pytest.mark.parametrize("page", PAGES)
def test_refuses_other_staff(film: Video, page: str):
    assert signed_in().get(address(page, film)).status_code == 403


@pytest.mark.parametrize("page", PAGES)
def test_sends_strangers_to_login(film: Video, client: Client, page: str):
    assert client.get(address(page, film)).status_code == 302


def test_shows_figures_of_film(film: Video):
    page = signed_in("view_filmday").get(address("filmday/figures/{film}/", film)).content.decode()

    assert re.search(r"Hours watched</th><td>2.0<", page)
    assert re.search(r"first picture</th><td>1.5 on average<", page)
    assert re.search(r"Stalls per hour</th><td>1.5<", page)
    assert "5 to 10 %: 50%" in page


def test_shares_leave_out_views_of_which_only_start_is_known(film: Video):
    FilmDay.objects.update(views=8, starts_only=4)

    page = signed_in("view_filmday").get(address("filmday/figures/{film}/", film)).content.decode()

    assert re.search(r"Only their start is known</th><td>4 ", page)
    assert "0 to 5 %: 100%" in page


@pytest.mark.parametrize("days", ["7", "365", "", "x", "-1", "9" * 30])
def test_takes_any_period(film: Video, days: str):
    client = signed_in("view_filmday")

    assert client.get(address(f"filmday/figures/?days={days}", film)).status_code == 200


def test_returns_404_for_unknown_film(film: Video):
    client = signed_in("view_filmday")

    assert client.get("/admin/video_app/filmday/figures/999/").status_code == 404


def test_finds_viewing_by_request(film: Video):
    client = signed_in("view_viewing")

    assert "Sintel" in client.get(address("viewing/?q=abc123", film)).content.decode()
    assert "Sintel" not in client.get(address("viewing/?q=other", film)).content.decode()


def test_nobody_changes_figures(film: Video):
    client = signed_in("view_filmday", "change_filmday", "delete_filmday", "add_filmday")

    assert client.get("/admin/video_app/filmday/add/").status_code == 403


class TestMetrics:
    def read(self, client: Client, settings: Any) -> str:
        settings.RQ_API_TOKEN = "right"
        answer = client.get("/metrics", headers={"authorization": "Bearer right"})
        return answer.content.decode()

    def test_shows_histograms(self, client: Client, settings: Any):
        WatchTotals.objects.create(
            views=9,
            seconds=60.0,
            startups=[1, 2, 0, 0, 0, 0, 4],
            stalls=3,
            startup_seconds=99.0,
            stall_lengths=[2, 0, 0, 1],
            stalled_seconds=20.0,
        )

        text = self.read(client, settings)

        assert 'videoflix_playback_startup_seconds_bucket{le="1.0"} 3.0' in text
        assert 'videoflix_playback_startup_seconds_bucket{le="+Inf"} 7.0' in text
        assert "videoflix_playback_startup_seconds_sum 99.0" in text
        assert 'videoflix_playback_stall_seconds_bucket{le="10.0"} 2.0' in text
        assert "videoflix_views_total 9.0" in text

    @pytest.mark.parametrize("file", ["alerts.yml", "grafana-dashboard.json"])
    def test_knows_all_that_rules_and_dashboard_ask_for(
        self, client: Client, settings: Any, file: str
    ):
        told = self.read(client, settings)
        asked = set(re.findall(r"videoflix_[a-z_]+", (MONITORING / file).read_text()))

        assert [name for name in sorted(asked) if not re.search(rf"^{name}\b", told, re.M)] == []
