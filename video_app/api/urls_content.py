"""Paths only: the prefix of the Angular 18 client."""

from django.urls import path

from video_app.api import converters, lists, views  # noqa: F401 - converters register
from video_app.streaming.views import files

urlpatterns = [
    path("", lists.ContentListView.as_view(), name="content-list"),
    path("add-favorite/", views.ToggleFavoriteView.as_view(), name="content-add-favorite"),
    path("video-url/<id:video_id>/", files.film_file_url, name="video-file-url"),
]
