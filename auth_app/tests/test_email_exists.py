"""`GET /users/email-exists/?email=`."""

import pytest
from rest_framework.test import APIClient

from auth_app.tests.accounts import ALICE, BOB, make_user
from tests.browsers import NO_LANGUAGE

pytestmark = [pytest.mark.django_db, pytest.mark.contract]
PATH = "/users/email-exists/"


@pytest.mark.parametrize(
    ("email", "exists"),
    [
        (ALICE, True),
        ("ALICE@example.com", True),
        (" alice@example.com ", True),
        (BOB, False),
    ],
)
def test_says_whether_address_has_account(email: str, exists: bool) -> None:
    make_user()
    response = APIClient().get(PATH, {"email": email})
    assert response.status_code == 200
    assert response.json() == {"exists": exists}


@pytest.mark.parametrize("plus", ["+", "%2B"])
def test_accepts_unencoded_plus(plus: str) -> None:
    make_user("alice+films@example.com")
    response = APIClient().get(f"{PATH}?email=alice{plus}films@example.com")
    assert response.json() == {"exists": True}


@pytest.mark.parametrize("query", ["", "?email=", "?email=alice", "?email=%00@example.com"])
def test_rejects_malformed_address(query: str) -> None:
    assert APIClient().get(PATH + query).status_code == 400


def test_allows_a_request_at_every_pause_in_typing() -> None:
    client = APIClient()
    statuses = {client.get(PATH, {"email": f"a{n}@example.com"}).status_code for n in range(120)}
    assert statuses == {200}


@pytest.mark.contract(NO_LANGUAGE)
def test_throttles_abuse() -> None:
    client = APIClient()
    responses = [client.get(PATH, {"email": f"a{n}@example.com"}) for n in range(250)]
    assert responses[-1].status_code == 429
    assert int(responses[-1]["Retry-After"]) > 0
