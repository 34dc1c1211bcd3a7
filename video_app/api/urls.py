"""Paths only. `videos/` is an alias; the canonical prefix comes last for `reverse()`.

What players ask for all day stands first in each list.
"""

from django.urls import include, path

from video_app.api import converters, uploads, views  # noqa: F401 - converters register
from video_app.streaming import views as streams

rendition = [
    path("<segment:number>/", streams.SegmentView.as_view(), name="video-segment"),
    path("index.m3u8/", streams.RenditionView.as_view(), name="video-rendition"),
    path("iframes.m3u8/", streams.IFramesView.as_view(), name="video-iframes"),
    path("film.mp4/", streams.FileView.as_view(), name="video-file"),
]
track = [
    path("<segment:number>/", streams.TrackSegmentView.as_view(), name="video-track-segment"),
    path("index.m3u8/", streams.TrackView.as_view(), name="video-track"),
]
subtitles = [
    path("index.m3u8/", streams.SubtitlesView.as_view(), name="video-subtitles"),
    path(
        "<place:number>.vtt/", streams.SubtitleSegmentView.as_view(), name="video-subtitle-segment"
    ),
]
video = [
    path("<resolution:resolution>/", include(rendition)),
    path("master.m3u8/", streams.MasterView.as_view(), name="video-master"),
    path("master/index.m3u8/", streams.MasterView.as_view(base="../")),
    path("thumbnail.jpg/", streams.ThumbnailView.as_view(), name="video-thumbnail"),
    path("audio-<place:track>/", include(track)),
    path("subtitles-<place:track>/", include(subtitles)),
    path("storyboard.vtt/", streams.StoryboardView.as_view(), name="video-storyboard"),
    path("storyboard/<place:number>.jpg/", streams.SheetView.as_view(), name="video-sheet"),
    path("", views.VideoView.as_view(), name="video"),
    path("status/", views.StatusView.as_view(), name="video-status"),
    path("favorite/", views.FavoriteView.as_view(), name="video-favorite"),
    path("position/", views.PositionView.as_view(), name="video-position"),
]
catalogue = [
    path("<id:video_id>/", include(video)),
    path("", views.VideoListView.as_view(), name="video-list"),
    path("upload/", uploads.UploadView.as_view(), name="video-upload"),
    path("continue/", views.ContinueView.as_view(), name="video-continue"),
]
urlpatterns = [path("videos/", include(catalogue)), path("video/", include(catalogue))]
