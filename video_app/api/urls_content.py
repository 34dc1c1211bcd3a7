"""Paths only: the prefix of the Angular 18 client."""

from django.urls import path

from video_app.api import converters, streams  # noqa: F401 - registers the converters

urlpatterns = [
    path("video-url/<id:video_id>/", streams.FileUrlView.as_view(), name="video-file-url"),
]
