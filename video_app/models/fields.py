"""Columns that follow others."""

from django.db import models

from video_app.models.folding import sort_key


class SortKey(models.BinaryField):  # type: ignore[type-arg]
    """Follows the title, whichever way the row is saved. Bytes, because collations differ."""

    def pre_save(self, model_instance: models.Model, add: bool) -> bytes:
        key = sort_key(model_instance.title)  # type: ignore[attr-defined]
        setattr(model_instance, self.attname, key)
        return key
