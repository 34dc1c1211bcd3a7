"""A browser is one user: a new sign-in there replaces the one that it had."""

from django.http import HttpRequest, HttpResponse

from auth_app import cookies, sign_ins
from auth_app.models import Session
from auth_app.sessions import Client
from auth_app.tokens import tokens_of


def welcome(response: HttpResponse, request: HttpRequest, session: Session, client: Client) -> None:
    """Give the browser the cookies of its new session; that of its old ones ends, which nobody
    could use any more, and which its owner would wonder at in the list."""
    refresh = cookies.refresh_tokens(request, session.entry_point)
    sign_ins.sign_out(refresh, cookies.access_tokens(request), client)
    cookies.put(response, request, session.entry_point, tokens_of(session))
