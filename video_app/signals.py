"""Signals enqueue work, and remove the files that belonged to a row."""

from typing import Any

from django.db import transaction
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete
from django.dispatch import receiver

from video_app.catalogue import index
from video_app.ingest import landing
from video_app.models import Build, Person, Series, Tag, Tombstone, Upload, Video
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


@receiver(post_save, sender=Video)
def index_words(instance: Video, **kwargs: Any) -> None:
    """At once and in this process: a film must be found also while no worker runs."""
    transaction.on_commit(lambda: index.refresh([instance.pk]))


@receiver(m2m_changed, sender=Video.tags.through)
@receiver(m2m_changed, sender=Video.people.through)
def index_names(instance: Any, action: str, **kwargs: Any) -> None:
    """A film got or lost tags or people, or one of these lost or got films."""
    if isinstance(instance, Video) and action in ("post_add", "post_remove", "post_clear"):
        index_words(instance)
    elif action in ("post_add", "pre_remove", "pre_clear"):
        mark_stale(instance)


@receiver(post_save, sender=Series)
@receiver(post_save, sender=Tag)
@receiver(post_save, sender=Person)
@receiver(pre_delete, sender=Series)
@receiver(pre_delete, sender=Tag)
@receiver(pre_delete, sender=Person)
def mark_stale(instance: Any, **kwargs: Any) -> None:
    """A name changed: its films are indexed now, the sweeper takes what are too many."""
    instance.videos.update(indexed_at=None)
    transaction.on_commit(lambda: index.catch_up(index.BATCH))


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
