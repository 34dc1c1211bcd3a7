"""The cast of the account tests, and rows and clients for them."""

from typing import Any

from django.test import RequestFactory
from rest_framework.test import APIClient

from auth_app.authentication import SessionTokenAuthentication
from auth_app.models import SignUp, User

# The cast: two members, one of staff, the superuser.
ALICE, BOB = "alice@example.com", "bob@example.com"
STAFF, ROOT = "staff@example.com", "root@example.com"
PASSWORD = "correct horse battery"


def make_user(email: str = ALICE, **fields: Any) -> User:
    return User.objects.create_user(email, PASSWORD, **fields)


def make_sign_up(email: str = "new@example.com") -> SignUp:
    """Of an address that nobody has proved, with the link that would prove it."""
    user = make_user(email, is_active=False)
    return SignUp.objects.create(user=user, password=user.password)


def signed_in(user: User, entry_point: str = "api") -> APIClient:
    """A browser in which `user` has just signed in."""
    client = APIClient()
    body = {"email": user.email, "password": PASSWORD}
    response = client.post(f"/{entry_point}/login/", body)
    assert response.status_code == 200, response.content
    return client


def opens_the_api(access_token: str) -> bool:
    request = RequestFactory().get("/", HTTP_COOKIE=f"access_token={access_token}")
    return SessionTokenAuthentication().authenticate(request) is not None
