"""In which language a request is answered."""

import re
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from auth_app import languages
from core.middleware.guards import OPERATORS
from core.middleware.requests import API_PREFIXES, Handler

# What no client of the contract's first part asks for; their answers are literals, in English.
OURS = re.compile(
    r"/api/(?:(?:me|invitations|activate/resend|login/passkey|webhooks|uploads|playback|play-links"
    r"|home|history|categories|tags|series|suggestions)/"
    r"|videos?/(?:continue/|\d+/(?:$|(?:subtitles|play-link|favorite|position|watched|go-back)/)))"
)


class ReadersLanguage:
    """Pages: the account's choice, else the browser's. The API: the same for our own endpoints,
    English for those of the contract, and the page's for the site's own scripts."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_api = request.path_info.startswith(API_PREFIXES)
        with translation.override(
            languages.of_script(request) or settings.LANGUAGE_CODE
            if is_api
            else _of_reader(request)
        ):
            response = self.get_response(request)
        if not is_api or getattr(request, languages.FOLLOWS, False):
            patch_vary_headers(response, ["Accept-Language", "Cookie"])
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """What comes before may be about either kind of endpoint, and stays English."""
        if OURS.match(request.path_info) and not languages.of_script(request):
            setattr(request, languages.FOLLOWS, True)
            translation.activate(translation.get_language_from_request(request))


def _of_reader(request: HttpRequest) -> str:
    if request.path_info.startswith(OPERATORS):
        chosen = getattr(request.user, "language", "")
    else:
        chosen = languages.of_cookies(request)
    return chosen or translation.get_language_from_request(request)
