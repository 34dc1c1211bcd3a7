"""The categories of films. Their labels are the API's, in English whoever asks."""

from django.db import models
from django.utils.translation import pgettext


def pgettext_noop(context: str, text: str) -> str:
    """Says of a text that it is to be translated, by `pgettext`, where it is shown."""
    return text


class Category(models.TextChoices):
    ACTION = "action", pgettext_noop("category", "Action")
    ADVENTURE = "adventure", pgettext_noop("category", "Adventure")
    ANIMATION = "animation", pgettext_noop("category", "Animation")
    BIOGRAPHY = "biography", pgettext_noop("category", "Biography")
    COMEDY = "comedy", pgettext_noop("category", "Comedy")
    CRIME = "crime", pgettext_noop("category", "Crime")
    DOCUMENTARY = "documentary", pgettext_noop("category", "Documentary")
    DRAMA = "drama", pgettext_noop("category", "Drama")
    FAMILY = "family", pgettext_noop("category", "Family")
    FANTASY = "fantasy", pgettext_noop("category", "Fantasy")
    HISTORY = "history", pgettext_noop("category", "History")
    HORROR = "horror", pgettext_noop("category", "Horror")
    MUSIC = "music", pgettext_noop("category", "Music")
    MUSICAL = "musical", pgettext_noop("category", "Musical")
    MYSTERY = "mystery", pgettext_noop("category", "Mystery")
    ROMANCE = "romance", pgettext_noop("category", "Romance")
    SCI_FI = "sci-fi", pgettext_noop("category", "Sci-Fi")
    SPORT = "sport", pgettext_noop("category", "Sport")
    THRILLER = "thriller", pgettext_noop("category", "Thriller")
    WAR = "war", pgettext_noop("category", "War")
    WESTERN = "western", pgettext_noop("category", "Western")
    OTHER = "other", pgettext_noop("category", "Other")

    @property
    def name_for_readers(self) -> str:
        """Its label in the language of the moment."""
        return pgettext("category", str(self.label))
