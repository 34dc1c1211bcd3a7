"""Signals enqueue work, and remove the files that belonged to a row."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete
from django.dispatch import receiver

from video_app.catalogue import index, marks
from video_app.ingest import replacing
from video_app.models import (
    Build,
    Event,
    FormerSource,
    Import,
    Person,
    Series,
    Tag,
    Tombstone,
    Upload,
    Video,
)
from video_app.store import files, landing
from video_app.streaming import film_cache
from video_app.webhooks import deliveries
from video_app.work import planning


@receiver(post_save, sender=Video)
def request_plan(instance: Video, raw: bool, **kwargs: Any) -> None:
    """A source that nobody has looked at yet wants a worker."""
    if raw:  # a fixture brings its rows as they are
        return
    if instance.needs_plan:
        planning.request_newest(instance.pk)
    if instance.replaced:
        replacing.keep(instance.replaced)
    transaction.on_commit(lambda: film_cache.forget([instance.pk]))


@receiver(post_save, sender=Video)
def index_words(instance: Video, **kwargs: Any) -> None:
    """At once and in this process: a film must be found also while no worker runs."""
    transaction.on_commit(lambda: index.refresh([instance.pk]))


@receiver(m2m_changed, sender=Video.tags.through)
@receiver(m2m_changed, sender=Video.people.through)
def index_names(instance: Any, action: str, pk_set: set[int] | None, **kwargs: Any) -> None:
    """A film got or lost tags or people, or one of these got or lost films."""
    if action not in ("post_add", "post_remove", "pre_clear", "post_clear"):
        return
    if isinstance(instance, Video):
        index_words(instance)
    elif action == "pre_clear":
        mark_stale(instance)
    else:
        _mark_stale(Video.objects.filter(pk__in=pk_set or ()))


@receiver(post_save, sender=Series)
@receiver(post_save, sender=Tag)
@receiver(post_save, sender=Person)
@receiver(pre_delete, sender=Series)
@receiver(pre_delete, sender=Tag)
@receiver(pre_delete, sender=Person)
def mark_stale(instance: Any, **kwargs: Any) -> None:
    """A name changed: its films are indexed now, the sweeper takes what are too many."""
    _mark_stale(instance.videos)


def _mark_stale(films: Any) -> None:
    films.update(indexed_at=None)
    transaction.on_commit(lambda: index.catch_up(index.BATCH))


@receiver(m2m_changed, sender=Video.groups.through)
def forget_film_of_groups(instance: Any, action: str, **kwargs: Any) -> None:
    """Others may see the film now."""
    if isinstance(instance, Video) and action in ("post_add", "post_remove", "post_clear"):
        transaction.on_commit(lambda: film_cache.forget([instance.pk]))


@receiver(m2m_changed, sender=get_user_model().groups.through)
def forget_lists_of_members(
    instance: Any, action: str, pk_set: set[int] | None, **kwargs: Any
) -> None:
    """Users came into groups or left them: their lists are others now."""
    if isinstance(instance, get_user_model()):
        members = [instance.pk]
    elif action == "pre_clear":
        members = list(instance.user_set.values_list("pk", flat=True))
    else:
        members = list(pk_set or ())
    transaction.on_commit(lambda: marks.forget_lists(members))


@receiver(pre_delete, sender=Group)
def forget_lists_of_last_members(instance: Group, **kwargs: Any) -> None:
    films = list(Video.objects.filter(groups=instance).values_list("pk", flat=True))
    transaction.on_commit(lambda: film_cache.forget(films))


@receiver(post_delete, sender=Video)
def remove_files(instance: Video, **kwargs: Any) -> None:
    """The files go with the row."""
    pk = instance.pk
    deliveries.note_data(Event.DELETED, {"id": pk, "title": instance.title})
    files.discard(files.of(instance))
    transaction.on_commit(lambda: film_cache.forget([pk]))


@receiver(post_delete, sender=Import)
@receiver(post_delete, sender=Upload)
def remove_unfinished(instance: Upload | Import, **kwargs: Any) -> None:
    """What came of it goes; a finished one's file is its film's."""
    if instance.finished_at is None:
        transaction.on_commit(lambda: landing.abort(instance.key))


@receiver(post_delete, sender=FormerSource)
def remove_former(instance: FormerSource, **kwargs: Any) -> None:
    """Nobody can go back to it any more."""
    transaction.on_commit(lambda: files.discard_replaced(instance.key))


@receiver(post_delete, sender=Build)
def leave_tombstone(instance: Build, **kwargs: Any) -> None:
    """The sweeper removes its files, when whoever still works for it has noticed."""
    if instance.stored_at:  # a folder is removed with the film
        Tombstone.objects.get_or_create(prefix=instance.prefix)
