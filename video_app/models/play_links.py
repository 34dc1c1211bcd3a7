"""Links that open one build of a film without a session's cookies."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac

from video_app.models.builds import Build
from video_app.models.videos import Video


def password_mark(user: Any) -> str:
    """Another one after every change of the password; tells nothing about it."""
    return salted_hmac("video_app.play_link", user.password).hexdigest()[:16]


class PlayLinkQuerySet(models.QuerySet["PlayLink"]):
    def live(self) -> "PlayLinkQuerySet":
        """Neither taken back nor expired. Whether its session lives is asked elsewhere."""
        return self.filter(ended_at=None, expires_at__gt=timezone.now(), user__is_active=True)

    def of(self, user: Any) -> "PlayLinkQuerySet":
        """With an age limit: those made in the same profile."""
        mine = self.live().filter(user=user)
        return mine if user.age_limit is None else mine.filter(profile=user.profile_id)

    def named_to(self, user: Any) -> "PlayLinkQuerySet":
        """Theirs, but for those to films that they may not see any more."""
        films = Video.objects.visible_to(user)
        return self.of(user).filter(video__in=films).select_related("video")

    def made_since(self, user: Any, moment: datetime) -> "PlayLinkQuerySet":
        return self.filter(user=user, created_at__gt=moment)

    def useless(self) -> "PlayLinkQuerySet":
        """Those that open nothing any more and count against no limit."""
        return self.filter(expires_at__lt=timezone.now() - timedelta(hours=1))


class PlayLink(models.Model):
    """A right to one build of a film that was handed out in an address.

    What it opens is in the signed address itself; the row lists it and can end it.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    profile = models.ForeignKey(
        settings.PROFILE_MODEL, on_delete=models.CASCADE, null=True, related_name="+"
    )
    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="play_links")
    build = models.ForeignKey(Build, on_delete=models.CASCADE, related_name="+")
    session = models.UUIDField("the session that it was made in", default=uuid.uuid4)
    password_mark = models.CharField(max_length=16)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = PlayLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["user", "-created_at"], name="play_link_by_user")]

    def __str__(self) -> str:
        return f"play link {self.pk}"

    @property
    def is_of_todays_password(self) -> bool:
        return self.password_mark == password_mark(self.user)
