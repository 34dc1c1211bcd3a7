"""Paths only. `videos/` is an alias; the canonical prefix comes last for `reverse()`.

What players ask for all day stands first in each list.
"""

from django.urls import URLPattern, URLResolver, include, path

from video_app.api import (
    browsing,
    converters,  # noqa: F401 - they register
    films,
    lists,
    play_links,
    playback,
    preferences,
    replacing,
    resumable,
    uploads,
    views,
    webhooks,
)
from video_app.api import subtitles as subtitles_api
from video_app.streaming.views import files, playlists, posters, segments

rendition = [
    path("<segment:number>/", segments.segment, name="video-segment"),
    path("index.m3u8/", playlists.rendition, name="video-rendition"),
    path("iframes.m3u8/", playlists.iframes, name="video-iframes"),
    path("film.mp4/", files.film_file, name="video-file"),
]
track = [
    path("<segment:number>/", segments.sound_segment, name="video-track-segment"),
    path("index.m3u8/", playlists.sound, name="video-track"),
]
subtitles = [
    path("index.m3u8/", playlists.subtitles, name="video-subtitles"),
    path("<place:number>.vtt/", segments.subtitle_segment, name="video-subtitle-segment"),
]
added_text = [
    path("index.m3u8/", playlists.added_text, name="video-added-text"),
    path("<place:number>.vtt/", segments.added_text_segment, name="video-added-text-segment"),
]
streams: list[URLPattern | URLResolver] = [
    path("<resolution:resolution>/", include(rendition)),
    path("master.m3u8/", playlists.master, name="video-master"),
    path("master/index.m3u8/", playlists.master, {"base": "../"}),
    path("thumbnail.jpg/", posters.thumbnail, name="video-thumbnail"),
    path("poster-<poster:name>/", posters.poster, name="video-poster"),
    path("audio-<place:track>/", include(track)),
    path("subtitles-<place:track>/", include(subtitles)),
    path("text-<id:subtitle_id>/", include(added_text)),
    path("storyboard.vtt/", playlists.storyboard, name="video-storyboard"),
    path("storyboard/<place:number>.jpg/", segments.sheet, name="video-sheet"),
]
video: list[URLPattern | URLResolver] = [
    *streams,
    path("play-link/", play_links.PlayLinkView.as_view(), name="video-play-link"),
    path("", films.VideoView.as_view(), name="video"),
    path("status/", views.StatusView.as_view(), name="video-status"),
    path("subtitles/", subtitles_api.SubtitlesView.as_view(), name="video-subtitle-list"),
    path(
        "subtitles/<id:subtitle_id>/",
        subtitles_api.SubtitleView.as_view(),
        name="video-subtitle",
    ),
    path("favorite/", views.FavoriteView.as_view(), name="video-favorite"),
    path("position/", views.PositionView.as_view(), name="video-position"),
    path("watched/", views.WatchedView.as_view(), name="video-watched"),
    path("go-back/", replacing.GoBackView.as_view(), name="video-go-back"),
]
catalogue: list[URLPattern | URLResolver] = [
    path("<id:video_id>/", include(video)),
    path("", lists.VideoListView.as_view(), name="video-list"),
    path("upload/", uploads.UploadView.as_view(), name="video-upload"),
    path("continue/", lists.ContinueView.as_view(), name="video-continue"),
]
resumable_uploads: list[URLPattern | URLResolver] = [
    path("", resumable.UploadsView.as_view(), name="uploads"),
    path("<uuid:upload_id>/", resumable.UploadView.as_view(), name="resumable-upload"),
]
receivers: list[URLPattern | URLResolver] = [
    path("", webhooks.WebhooksView.as_view(), name="webhooks"),
    path("<id:webhook_id>/", webhooks.WebhookView.as_view(), name="webhook"),
    path("<id:webhook_id>/secret/", webhooks.WebhookSecretView.as_view(), name="webhook-secret"),
    path("<id:webhook_id>/deliveries/", webhooks.DeliveriesView.as_view(), name="deliveries"),
    path(
        "<id:webhook_id>/deliveries/<id:delivery_id>/replay/",
        webhooks.ReplayView.as_view(),
        name="delivery-replay",
    ),
]
browse = [
    path("home/", lists.HomeView.as_view(), name="home"),
    path("history/", lists.HistoryView.as_view(), name="history"),
    path("categories/", browsing.CategoriesView.as_view(), name="categories"),
    path("tags/", browsing.TagsView.as_view(), name="tags"),
    path("series/", browsing.SeriesListView.as_view(), name="series-list"),
    path("series/<id:series_id>/", browsing.SeriesView.as_view(), name="series"),
    path("suggestions/", browsing.SuggestionsView.as_view(), name="suggestions"),
]
urlpatterns = [
    path("play/<right:right>/<id:video_id>/", include(streams)),
    path("videos/", include(catalogue)),
    path("video/", include(catalogue)),
    path("webhooks/", include(receivers)),
    path("uploads/", include(resumable_uploads)),
    path("playback/", playback.PlaybackView.as_view(), name="playback"),
    path("preferences/", preferences.PreferencesView.as_view(), name="preferences"),
    path("play-links/", play_links.PlayLinksView.as_view(), name="play-links"),
    path("play-links/<id:link_id>/", play_links.OnePlayLinkView.as_view(), name="play-link"),
    *browse,
]
