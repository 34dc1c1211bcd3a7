"""Subtitle tracks that people add to a film, besides those in its file."""

from django.db import models


class Subtitle(models.Model):
    """One added track. Its text is WebVTT on the source's clock, whatever was uploaded."""

    video = models.ForeignKey("Video", on_delete=models.CASCADE, related_name="added_subtitles")
    language = models.CharField(max_length=3, default="und", db_default="und")
    label = models.CharField(max_length=60, blank=True, default="", db_default="")
    is_forced = models.BooleanField("forced", default=False, db_default=False)
    is_sdh = models.BooleanField("for deaf and hard of hearing", default=False, db_default=False)
    is_automatic = models.BooleanField("made by a machine", default=False, db_default=False)
    is_draft = models.BooleanField(
        "draft", default=False, db_default=False, help_text="Viewers do not see it."
    )
    offset = models.FloatField("shown later by, in seconds", default=0.0, db_default=0.0)
    text = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["video", "id"]

    def __str__(self) -> str:
        return self.label or self.language
