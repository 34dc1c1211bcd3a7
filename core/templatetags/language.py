"""The sentences that the scripts of a page say, in the page's language."""

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

SCRIPT = '<script defer src="{}"></script>'
register = template.Library()


@register.simple_tag
def words_script() -> SafeString | str:
    """The catalogue for `language.js`; nothing in English, which the scripts have themselves."""
    language = get_language()
    if language in (None, settings.LANGUAGE_CODE):
        return ""
    return format_html(SCRIPT, static(f"web/words/{language}.js"))
