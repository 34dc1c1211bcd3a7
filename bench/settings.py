"""The product's settings with the view that it is compared with."""

from core.settings import *  # noqa: F403

ROOT_URLCONF = "bench.plain"
