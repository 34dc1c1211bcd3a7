"""Columns that follow others."""

from typing import Any

from django.db import models

from video_app.models.folding import sort_key


class SortKey(models.BinaryField):  # type: ignore[type-arg]
    """Follows the title, whichever way the row is saved. Bytes, because collations differ."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options |= {"null": True, "editable": False}
        super().__init__("title as it is sorted", **options)

    def deconstruct(self) -> Any:
        name, path, _, _ = super().deconstruct()
        return name, path, [], {}

    def pre_save(self, model_instance: models.Model, add: bool) -> bytes:
        key = sort_key(model_instance.title)  # type: ignore[attr-defined]
        setattr(model_instance, self.attname, key)
        return key
