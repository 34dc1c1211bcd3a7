"""Signals enqueue work, and remove the files that belonged to a row."""

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from video_app.ingest import landing
from video_app.models import Build, Tombstone, Upload, Video
from video_app.store import files
from video_app.streaming import film_cache
from video_app.work import planning


@receiver(post_save, sender=Video)
def request_plan(instance: Video, raw: bool, **kwargs: Any) -> None:
    """A source that nobody has looked at yet wants a worker."""
    if raw:  # a fixture brings its rows as they are
        return
    if instance.needs_plan:
        planning.request_newest(instance.pk)
    if old := instance.replaced_file:
        files.discard_replaced(old)
    transaction.on_commit(lambda: film_cache.forget([instance.pk]))


@receiver(post_delete, sender=Video)
def remove_files(instance: Video, **kwargs: Any) -> None:
    """The files go with the row."""
    pk = instance.pk
    files.discard(files.of(instance))
    transaction.on_commit(lambda: film_cache.forget([pk]))


@receiver(post_delete, sender=Upload)
def remove_unfinished(instance: Upload, **kwargs: Any) -> None:
    """What came of it goes; a finished one's file is its film's."""
    if instance.finished_at is None:
        transaction.on_commit(lambda: landing.abort(instance.key))


@receiver(post_delete, sender=Build)
def leave_tombstone(instance: Build, **kwargs: Any) -> None:
    """The sweeper removes its files, when whoever still works for it has noticed."""
    if instance.stored_at:  # a folder is removed with the film
        Tombstone.objects.get_or_create(prefix=instance.prefix)
