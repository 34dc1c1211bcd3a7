"""Queues and their jobs are shown to operators only, wherever django-rq shows them."""

from typing import Any

import pytest
from django.test import Client

from core.tests.test_metrics import operator
from tests.people import make_user

pytestmark = pytest.mark.django_db
PAGES = [
    "/django-rq/",
    "/django-rq/queues/0/",
    "/django-rq/queues/0/details/",
    "/django-rq/workers/0/",
    "/admin/django_rq/dashboard/",
    "/admin/django_rq/dashboard/queues/0/",
]
FIGURES = ["/django-rq/stats.json", "/django-rq/metrics", "/admin/django_rq/dashboard/stats.json"]


def get(path: str, user: Any = None, token: str = "") -> int:
    client = Client()
    if user:
        client.force_login(user)
    headers = {"authorization": f"Bearer {token}"} if token else {}
    return client.get(path, headers=headers).status_code


@pytest.mark.parametrize("path", PAGES + FIGURES)
def test_refuses_staff_without_the_permission(path: str) -> None:
    assert get(path, make_user("clerk", is_staff=True)) == 403


@pytest.mark.parametrize("path", PAGES + FIGURES)
def test_refuses_members_and_strangers(path: str) -> None:
    assert get(path, make_user()) in (302, 401, 403)
    assert get(path) in (302, 401)


@pytest.mark.parametrize("path", PAGES + FIGURES)
def test_refuses_a_member_with_the_permission(path: str) -> None:
    user = operator()
    user.is_staff = False
    user.save()

    assert get(path, user) in (302, 401, 403)


@pytest.mark.parametrize("path", [*PAGES[:3], *FIGURES])
def test_shows_operators_and_superusers(path: str) -> None:
    assert get(path, operator()) == 200
    assert get(path, make_user("root", is_staff=True, is_superuser=True)) == 200


@pytest.mark.parametrize(
    "query",
    [
        "autocomplete/?app_label=video_app&model_name=video&field_name=owner&term=%00",
        "video_app/video/?q=%00",
        "video_app/video/?title=%00",
        "video_app/video/add/?title=a%00b",
    ],
)
def test_refuses_null_bytes_in_the_admin(query: str) -> None:
    root = make_user("root", is_staff=True, is_superuser=True)
    assert get(f"/admin/{query}", root) == 400


@pytest.mark.parametrize("path", FIGURES)
def test_shows_figures_to_the_bearer_of_the_token(settings: Any, path: str) -> None:
    settings.RQ_API_TOKEN = "Zk3pQ9xVb7Lm2TnR"

    assert get(path, token="Zk3pQ9xVb7Lm2TnR") == 200
    assert get(path, token="wrong") == 401


def test_refuses_to_delete_a_job_for_staff_without_the_permission() -> None:
    client = Client()
    client.force_login(make_user("clerk", is_staff=True))

    assert client.post("/django-rq/queues/0/empty/").status_code == 403
