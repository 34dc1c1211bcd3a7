"""What a film may be called. What is really in it, the probe decides."""

from django.core.validators import FileExtensionValidator

FILM_SUFFIXES = (
    *("mp4", "mov", "avi", "wmv", "asf", "mkv", "webm"),
    *("m4v", "mpg", "mpeg", "ts", "flv", "ogv"),
)

film_suffix = FileExtensionValidator(FILM_SUFFIXES)
