"""Paths only. `videos/` is an alias; the canonical prefix comes last for `reverse()`."""

from django.urls import URLPattern, path

from video_app.api import converters, streams, uploads, views  # noqa: F401 - converters register


def _paths(prefix: str) -> list[URLPattern]:
    video = f"{prefix}/<id:video_id>"
    rendition = f"{video}/<resolution:resolution>"
    track, text = f"{video}/audio-<place:track>", f"{video}/subtitles-<place:track>"
    return [
        path(f"{prefix}/", views.VideoListView.as_view(), name="video-list"),
        path(f"{prefix}/upload/", uploads.UploadView.as_view(), name="video-upload"),
        path(f"{prefix}/continue/", views.ContinueView.as_view(), name="video-continue"),
        path(f"{video}/", views.VideoView.as_view(), name="video"),
        path(f"{video}/status/", views.StatusView.as_view(), name="video-status"),
        path(f"{video}/favorite/", views.FavoriteView.as_view(), name="video-favorite"),
        path(f"{video}/position/", views.PositionView.as_view(), name="video-position"),
        path(f"{video}/master.m3u8/", streams.MasterView.as_view(), name="video-master"),
        path(f"{video}/master/index.m3u8/", streams.MasterView.as_view(base="../")),
        path(f"{video}/thumbnail.jpg/", streams.ThumbnailView.as_view(), name="video-thumbnail"),
        path(f"{track}/index.m3u8/", streams.TrackView.as_view(), name="video-track"),
        path(
            f"{track}/<segment:number>/",
            streams.TrackSegmentView.as_view(),
            name="video-track-segment",
        ),
        path(f"{text}/index.m3u8/", streams.SubtitlesView.as_view(), name="video-subtitles"),
        path(
            f"{text}/<place:number>.vtt/",
            streams.SubtitleSegmentView.as_view(),
            name="video-subtitle-segment",
        ),
        path(f"{video}/storyboard.vtt/", streams.StoryboardView.as_view(), name="video-storyboard"),
        path(
            f"{video}/storyboard/<place:number>.jpg/",
            streams.SheetView.as_view(),
            name="video-storyboard-sheet",
        ),
        path(f"{rendition}/index.m3u8/", streams.RenditionView.as_view(), name="video-rendition"),
        path(f"{rendition}/iframes.m3u8/", streams.IFramesView.as_view(), name="video-iframes"),
        path(f"{rendition}/film.mp4/", streams.FileView.as_view(), name="video-file"),
        path(f"{rendition}/<segment:number>/", streams.SegmentView.as_view(), name="video-segment"),
    ]


urlpatterns = [*_paths("videos"), *_paths("video")]
