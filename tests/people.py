"""The cast of the tests of every app, and their sessions: `alice` and `bob` are members,
`staff` is one of the staff."""

from typing import Any

from django.contrib.auth import get_user_model
from django.test import Client

from auth_app import sessions, tokens


def make_user(name: str = "alice", **fields: Any) -> Any:
    return get_user_model().objects.create_user(f"{name}@example.org", "a long password", **fields)


def access_token(user: Any) -> str:
    session = sessions.begin(user, "api", sessions.Client())
    return tokens.tokens_of(session).access


class ReadingClient(Client):
    """Reads every answer to its end, as a server would, so that no file stays open."""

    def request(self, **request: Any) -> Any:
        response = super().request(**request)
        if response.streaming:
            response.streaming_content = [response.getvalue()]
        return response


def signed_in(user: Any) -> Client:
    """A client that holds the access cookie of a new session."""
    client = ReadingClient()
    client.cookies["access_token"] = access_token(user)
    return client
