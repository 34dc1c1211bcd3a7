"""Everything of the account in one file."""

from django.http import Http404, HttpResponse
from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from auth_app import exports
from auth_app.api.me import schema
from auth_app.api.me.base import MeView
from auth_app.api.me.serializers import ExportSerializer
from auth_app.models import Export
from auth_app.models.exports import KEPT


class ExportView(MeView):
    fresh_methods = ("POST",)

    @schema.export_state
    def get(self, request: Request) -> Response:
        return Response(_state(self.user.exports.defer("content").first()))

    @schema.ask_for_export
    def post(self, request: Request) -> Response:
        return Response(_state(exports.ask_for(self.user, self.client())), status=202)


class ExportFileView(MeView):
    fresh_methods = ("GET",)

    @schema.export_file
    def get(self, request: Request) -> HttpResponse:
        export = self.user.exports.filter(made_at__isnull=False).first()
        if export is None:
            raise Http404
        return HttpResponse(
            exports.text_of(export),
            content_type="application/json",
            headers={"Content-Disposition": 'attachment; filename="videoflix-account.json"'},
        )


def _state(export: Export | None) -> dict[str, object]:
    state = {
        "state": "none" if export is None else "ready" if export.made_at else "due",
        "created_at": export and export.created_at,
        "expires_at": export and export.created_at + KEPT,
        "url": reverse("me-export-file") if export and export.made_at else None,
    }
    return dict(ExportSerializer(state).data)
