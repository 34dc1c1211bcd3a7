"""Applications, middleware, templates, static files, language and time."""

from pathlib import Path

from django.conf.locale import LANG_INFO
from django.utils.translation import to_language

from core.release import release_of
from core.settings.env import BASE_DIR, VAR_DIR, env

PRODUCTION = env.bool("PRODUCTION", default=False)
DEBUG = env.bool("DEBUG", default=False)

INSTALLED_APPS = [
    # Before Django's and django-rq's own, so that our templates and commands win.
    "auth_app",
    "video_app",
    "core",
    "core.apps.DashboardConfig",  # django.contrib.admin with limits on sign-ins
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "corsheaders",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_rq",
]

MIDDLEWARE = [
    "core.middleware.requests.request_id",
    "core.middleware.play_links.open_play_links",
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "core.middleware.requests.bypass_for_streams",
    "core.staticfiles.StaticFiles",
    "core.middleware.answers.PagePolicy",
    "core.middleware.answers.response_headers",
    "core.middleware.requests.optional_slash",
    "core.middleware.guards.origin_guard",
    "core.middleware.guards.no_null_bytes",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "auth_app.admin_sessions.follow_site",
    "core.middleware.language.ReadersLanguage",
    "core.middleware.guards.bounded_body",
    "core.operators.QueuePagesGuard",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

SILENCED_SYSTEM_CHECKS = [
    # FILE_UPLOAD_TEMP_DIR does not exist: nor does it while the media are away, and all else works.
    "files.E001",
    # HSTS without includeSubDomains and preload: they bind a whole domain, see security.py.
    "security.W005",
    "security.W021",
]

ROOT_URLCONF = "core.urls"
WSGI_APPLICATION = "core.wsgi.application"
ASGI_APPLICATION = "core.asgi.application"
AUTH_USER_MODEL = "auth_app.User"
# Of the people who share an account: marks and play links of the other app name one.
PROFILE_MODEL = "auth_app.Profile"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            # Every template has sentences to translate.
            "builtins": ["django.templatetags.i18n", "core.templatetags.language"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

SITE_FILES = BASE_DIR / "static"
STATICFILES_DIRS = [SITE_FILES]
# Compressed files with hashed names from STATIC_ROOT, which needs `collectstatic` first;
# else straight from the source directories, below a prefix that is named by their content.
STATIC_COLLECTED = env.bool("STATIC_COLLECTED", default=PRODUCTION)
SITE_RELEASE = release_of(SITE_FILES)
SITE_CACHE = VAR_DIR / "site"
STATIC_URL = "/static/" if STATIC_COLLECTED else f"/static/{SITE_RELEASE}/"
# Names or prefixes that change with the content may be kept for ever.
WHITENOISE_IMMUTABLE_FILE_TEST = None if STATIC_COLLECTED else rf"^{STATIC_URL}(web|vendor)/"
WHITENOISE_USE_FINDERS = not STATIC_COLLECTED
# Only developers fetch source maps, and compressing them takes most of the time.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["map", "jpg", "png", "gif", "webp", "woff", "woff2"]
STATIC_ROOT = str(Path(env.str("STATIC_ROOT", default=str(VAR_DIR / "static"))).absolute())

LANGUAGE_CODE = "en"
LOCALE_PATHS = [BASE_DIR / "locale"]
# English, and what there is a catalogue for: `./videoflix language CODE` makes one.
LANGUAGES = [
    (code, str(LANG_INFO[code]["name_local"]))
    for code in ["en", *sorted(to_language(folder.name) for folder in LOCALE_PATHS[0].iterdir())]
]
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
USE_I18N = True
USE_TZ = True
