"""What the search looks up: the words of films, and by which keys a misspelt one is found."""

from typing import Any

from django.db import models
from django.db.models.lookups import StartsWith

from video_app.models.folding import LONGEST_WORD


class Word(models.Model):
    """A folded word that occurs in a film's description, title, people, tags or series."""

    text = models.CharField(max_length=LONGEST_WORD, unique=True)
    has_keys = models.BooleanField("may be misspelt", default=False)

    def __str__(self) -> str:
        return self.text


@Word._meta.get_field("text").register_lookup
class WordStartsWith(StartsWith):
    """Folded words know no case, so that SQLite too may answer from the index."""

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, values = self.process_lhs(compiler, connection)
        return f"{column} GLOB %s", [*values, f"{self.rhs}*"]


class WordKey(models.Model):
    """Something that a word has in common with what is typed instead of it."""

    key = models.CharField(max_length=LONGEST_WORD + 1)
    word = models.ForeignKey(Word, on_delete=models.CASCADE, related_name="keys", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "word"], name="word_key_once")]

    def __str__(self) -> str:
        return self.key


class Mention(models.Model):
    """A word of a film. The weight says how much of the film it stands for."""

    word = models.ForeignKey(
        Word, on_delete=models.CASCADE, related_name="mentions", db_index=False
    )
    video = models.ForeignKey("Video", on_delete=models.CASCADE, related_name="mentions")
    weight = models.PositiveSmallIntegerField()

    class Meta:
        # All that ranking reads.
        indexes = [models.Index(fields=["word", "video", "weight"], name="mention_of_word")]

    def __str__(self) -> str:
        return f"{self.word_id} in video {self.video_id}"
