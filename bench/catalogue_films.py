"""A made-up catalogue of any size: scripts for the product's shell, and the titles."""

import random

SYLLABLES = (
    *("ka", "lo", "mi", "ren", "tas", "vor", "bel", "dun", "gra", "hil"),
    *("ost", "pen", "qua", "sil", "tor", "ulm", "ver", "wen", "zar", "nik"),
)
SEED = """
import json
from tests.people import access_token, make_user
from video_app.tests.films import make_film
film = make_film("Zarkasil Lomitor")
users = [make_user(f"user{n}") for n in range(%d)]
print(json.dumps({"film": film.pk, "tokens": [access_token(user) for user in users]}))
"""
GROW = """
import random
from django.contrib.auth import get_user_model
from video_app.catalogue import index
from video_app.models import Category, Favorite, Series, Tag, Video, WatchPosition
from bench.catalogue_films import title
film, chance = Video.objects.get(pk={film}), random.Random({total})
categories = Category.values
tags = [Tag.objects.get_or_create(name=f"Tag {{n}}")[0] for n in range(40)]
series = [Series.objects.get_or_create(title=title(chance))[0] for n in range(5)]
have = Video.objects.count()
Video.objects.bulk_create(
    [Video(title=title(chance), description=" ".join(title(chance) for _ in range(8)),
           category=chance.choice(categories), year=1930 + n % 95, video_file="sources/a.mp4",
           series=chance.choice(series) if n < 100 else None, season=1, episode=n,
           source_revision=1, planned_revision=1, duration=3600, state="completed",
           current_build_id=film.current_build_id)
     for n in range(have, {total})], batch_size=2000)
made = list(Video.objects.order_by("-pk").values_list("pk", flat=True)[:{total} - have])
through = Video.tags.through
through.objects.bulk_create(
    [through(video_id=pk, tag=chance.choice(tags)) for pk in made], batch_size=2000)
while index.catch_up():
    pass
everything = list(Video.objects.values_list("pk", flat=True))
for user in get_user_model().objects.all():
    chosen = chance.sample(everything, min(len(everything), 30))
    Favorite.objects.bulk_create(
        [Favorite(user=user, video_id=pk) for pk in chosen], ignore_conflicts=True)
    WatchPosition.objects.bulk_create(
        [WatchPosition(user=user, video_id=pk, seconds=60) for pk in chosen],
        ignore_conflicts=True)
"""


def title(chance: random.Random) -> str:
    """Two or three words of a vocabulary of some ten thousand."""
    lengths = [chance.choice((2, 2, 3)) for _ in range(chance.choice((2, 3)))]
    return " ".join("".join(chance.choices(SYLLABLES, k=length)) for length in lengths).title()


QUERIES = """
import json
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
counts = {{}}
for name, path in json.loads('''{paths}''').items():
    with CaptureQueriesContext(connection) as queries:
        Client(headers={{"Authorization": "Bearer {token}"}}).get(path, SERVER_NAME="127.0.0.1")
    counts[name] = len(queries)
print(json.dumps(counts))
"""
