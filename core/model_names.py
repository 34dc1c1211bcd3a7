"""What the admin calls models and their fields, in the reader's language.

Django makes the names out of those in the code. Set here they need no migration, and no model
has to repeat its fields' names.
"""

from typing import Any

from django.apps import apps
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.utils.translation import gettext_noop as _

APPS = ("auth_app", "video_app")
# Several things that have the name of one in English.
ALIKE = {"series": pgettext_lazy("several", "series")}
# What `./videoflix language` cannot find in the code: names that Django makes.
NAMES = (
    _("Accounts"),
    _("session"),
    _("sessions"),
    _("user name"),
    _("profile"),
    _("Viewers do not see it."),
    _("profiles"),
    _("picture"),
    _("hash of the PIN"),
    _("age limit"),
    _("is main"),
    _("Films from a higher or an unknown age are hidden."),
    _("e-mail address"),
    _("phone"),
    _("address"),
    _("activated at"),
    _("address that waits for its proof"),
    _("invited at"),
    _("when the account goes"),
    _("the films that the user added go with it"),
    _("language"),
    _("since when a second factor is asked for"),
    _("The e-mail address, unless you choose a word without @. Both sign in."),
    _("Of the site and of mails; empty: the browser's, and English in mails."),
    _("entry point"),
    _("remember"),
    _("created at"),
    _("end of the whole family"),
    _("current jti"),
    _("when the current refresh token was issued"),
    _("jti → when it was rotated, epoch seconds"),
    _("when the password was given again"),
    _("revoked at"),
    _("why it ended"),
    _("address of origin"),
    _("user agent"),
    _("API token"),
    _("API tokens"),
    _("what it may do"),
    _("SHA-256 of the token"),
    _("its last characters"),
    _("expires at"),
    _("last use, to five minutes"),
    _("audit entry"),
    _("audit log"),
    _("at"),
    _("actor"),
    _("action"),
    _("kind of what it was done to"),
    _("subject id"),
    _("details"),
    _("mail"),
    _("mails"),
    _("kind"),
    _("sign up"),
    _("state"),
    _("attempts"),
    _("when it may be tried again"),
    _("error"),
    _("series"),
    _("title"),
    _("title as it is sorted"),
    _("description"),
    _("tag"),
    _("tags"),
    _("person"),
    _("people"),
    _("video"),
    _("videos"),
    _("category"),
    _("year"),
    _("from age"),
    _("season"),
    _("episode"),
    _("published"),
    _("for"),
    _("credits begin at, in seconds"),
    _("publish at"),
    _("unpublish at"),
    _("owner"),
    _("film"),
    _("source size in bytes"),
    _("thumbnail"),
    _("storage name of the poster"),
    _("favorited by"),
    _("Who came so far has watched it. Without it: shortly before the end."),
    _("Instead of the poster made from the film."),
    _("Who sees it when it is for groups."),
    _("subtitle"),
    _("subtitles"),
    _("label"),
    _("forced"),
    _("for deaf and hard of hearing"),
    _("made by a machine"),
    _("shown later by, in seconds"),
    _("text"),
    _("chapter"),
    _("chapters"),
    _("begins at, in seconds"),
    _("day of a film"),
    _("watched films by day"),
    _("views"),
    _("views whose player reported"),
    _("seconds watched"),
    _("views whose start was timed"),
    _("startup seconds"),
    _("how many began how fast"),
    _("stalls"),
    _("stalled seconds"),
    _("how many lasted how long"),
    _("views that an error ended"),
    _("day"),
    _("views that saw each part of the film"),
    _("viewing"),
    _("viewings"),
    _("keyed hash"),
    _("began at"),
    _("last sign of it"),
    _("reported by its player"),
    _("something was watched"),
    _("seconds until its first picture"),
    _("seconds stalled"),
    _("changes of quality"),
    _("a bit per part of the film"),
    _("how it ended"),
    _("problem"),
    _("of the last answer it had from us"),
    _("webhook"),
    _("webhooks"),
    _("what it is told of"),
    _("secret"),
    _("old secret"),
    _("rotated at"),
    _("paused until"),
    _("delivery"),
    _("deliveries"),
    _("message id"),
    _("event"),
    _("the bytes that are signed and sent"),
    _("next attempt at"),
    _("HTTP status of the last answer"),
    _("how it began, or why there was none"),
)


def translate() -> None:
    """Have every name, and every text beside a field, looked up when it is shown."""
    for label in APPS:
        app: Any = apps.get_app_config(label)
        app.verbose_name = _later(app.verbose_name)
        for model in app.get_models():
            options: Any = model._meta
            options.verbose_name_plural = _plural(options)
            options.verbose_name = _later(options.verbose_name)
            for field in options.local_fields + options.local_many_to_many:
                field.verbose_name = _later(field.verbose_name)
                if field.help_text:
                    field.help_text = _later(field.help_text)


def _plural(options: Any) -> Any:
    """Django adds the "s" late: to a name that is one of ours it is added now."""
    if not isinstance(options.verbose_name, str):
        return options.verbose_name_plural
    plural = str(options.verbose_name_plural)
    return ALIKE.get(plural) or _later(plural)


def _later(text: Any) -> Any:
    return gettext_lazy(text) if isinstance(text, str) else text  # Django's own are lazy already
