"""Where one is signed in."""

import uuid

from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response

from auth_app import audit, sessions
from auth_app.api.me import schema
from auth_app.api.me.base import MeView
from auth_app.api.me.serializers import SessionSerializer
from auth_app.models import Session

SHOWN = 100
ENDED = "ended by its owner"


class SessionListView(MeView):
    @schema.sessions
    def get(self, request: Request) -> Response:
        rows = Session.objects.usable().filter(user=self.user).order_by("-rotated_at")[:SHOWN]
        return Response(
            SessionSerializer(rows, many=True, context={"current": self.session.pk}).data
        )

    @schema.end_other_sessions
    def delete(self, request: Request) -> Response:
        sessions.end_others(self.session, ENDED)
        audit.record("sessions.ended", self.user.pk, "user", self.user.pk, ip=self.client().ip)
        return Response(status=204)


class SessionDetailView(MeView):
    @schema.end_session
    def delete(self, request: Request, session_id: uuid.UUID) -> Response:
        if not Session.objects.filter(pk=session_id, user=self.user).exists():
            raise Http404
        sessions.end(session_id, ENDED)
        audit.record("session.ended", self.user.pk, "user", self.user.pk, ip=self.client().ip)
        return Response(status=204)
