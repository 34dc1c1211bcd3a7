"""The search: what it forgives, its order, and that it keeps in step with the films."""

import random
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from video_app.catalogue import index, search, spelling
from video_app.models import Mention, Person, Series, Tag, Video
from video_app.models.folding import fold, sort_key, words
from video_app.tests.films import make_video

SEARCHES = Path(__file__).parent / "searches"


def lines(name: str) -> list[list[str]]:
    text = (SEARCHES / name).read_text(encoding="utf-8")
    return [line.split("|") for line in text.splitlines()]


def make_library() -> None:
    for title, year, category, description in lines("films.psv"):
        make_video(title, year=int(year), category=category, description=description)
    index.rebuild()


def found(text: str) -> list[str]:
    titles = dict(Video.objects.values_list("pk", "title"))
    return [titles[pk] for pk in search.best(Video.objects.all(), text)]


class TestFolding:
    @pytest.mark.parametrize(
        ("text", "folded"),
        [
            ("Über Straßen", "uber strassen"),
            ("Amélie", "amelie"),
            ("Ostře sledované", "ostre sledovane"),
            ("Adams ÆBLER", "adams aebler"),
            ("Popiół", "popiol"),
            ("İstanbul", "istanbul"),
            ("ﬁlm", "film"),
            ("Потёмкин", "потемкин"),
        ],
    )
    def test_folds_case_and_accents(self, text: str, folded: str):
        assert fold(text) == folded
        assert fold(unicodedata.normalize("NFD", text)) == folded

    @pytest.mark.parametrize("spellings", ["Müller Mueller Muller", "Straße Strasse STRASSE"])
    def test_makes_one_word_of_every_spelling(self, spellings: str):
        assert len(set(words(spellings))) == 1

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("E.T.", ["et"]),
            ("M*A*S*H", ["mash"]),
            ("O'Brien\u2019s", ["obriens"]),
            ("2001: A Space", ["2001", "a", "space"]),
            ("", []),
            ("!!!", []),
        ],
    )
    def test_splits_titles_into_words(self, text: str, expected: list[str]):
        assert words(text) == expected

    def test_sorts_umlauts_beside_their_letters(self):
        titles = ["Zorro", "Ödipussi", "Oper", "Ödland", "Äpfel", "Anna", "Étoile", "Emil"]

        assert sorted(titles, key=sort_key) == [
            *("Anna", "Äpfel", "Emil", "Étoile", "Ödipussi", "Ödland", "Oper", "Zorro")
        ]


@pytest.mark.parametrize(
    ("one", "other", "errors"),
    [("from", "form", 1), ("bunny", "bunny", 0), ("bunnny", "bunny", 1), ("abc", "xyz", 3)],
)
def test_counts_typing_errors(one: str, other: str, errors: int):
    assert spelling.distance(one, other, 3) == errors


@pytest.mark.django_db
class TestFinding:
    def test_finds_misspelt_films_among_the_first_ten(self):
        make_library()
        asked = lines("misspelt.psv")

        missed = [(query, title) for query, title in asked if title not in found(query)[:10]]

        assert len(asked) >= 200
        assert len(missed) <= len(asked) * 0.05, missed

    def test_gives_the_same_ten_on_every_database(self):
        make_library()

        for query, *titles in lines("found.psv"):
            assert found(query)[:10] == titles, query

    def test_gives_the_same_for_composed_and_decomposed_letters(self):
        make_library()

        for query, _ in lines("misspelt.psv"):
            if (decomposed := unicodedata.normalize("NFD", query)) != query:
                assert found(decomposed) == found(query), query

    @pytest.mark.parametrize(
        ("query", "first"),
        [
            ("up", "Up"),
            ("it", "It"),
            ("m", "M"),
            ("e.t.", "E.T."),
            ("der up", "Up"),
            ("her", "Her"),
        ],
    )
    def test_puts_short_titles_first(self, query: str, first: str):
        for title in ("Up", "It", "M", "E.T.", "Her", "Upon a Time", "It Follows", "Hero"):
            make_video(title)
        index.rebuild()

        assert found(query)[0] == first

    def test_ranks_titles_before_descriptions(self):
        make_video("Heidi", description="A girl in the mountains")
        make_video("Mountains of the Moon")
        make_video("Mountains")
        index.rebuild()

        assert found("mountains") == ["Mountains", "Mountains of the Moon", "Heidi"]

    def test_finds_by_people_tags_series_category_and_year(self):
        series = Series.objects.create(title="Tales of the Loop")
        film = make_video("Pilot", category="sci-fi", year=2020, series=series)
        film.people.add(Person.objects.create(name="Rebecca Hall"))
        film.tags.add(Tag.objects.create(name="Slow Cinema"))
        make_video("Other")
        index.rebuild()

        for query in ("rebeca hall", "slow cinma", "tales loop", "sci-fi", "pilot 2020"):
            assert found(query) == ["Pilot"], query

    @pytest.mark.parametrize("query", ["bunny dragon", "", "!!!", "%", "' OR 1=1 --", "\x00", "_"])
    def test_finds_nothing_where_a_word_fits_nothing(self, query: str):
        make_video("Big Buck Bunny")
        index.rebuild()

        assert found(query) == []

    def test_survives_fuzzed_text(self):
        make_video("Big Buck Bunny", description="A giant rabbit")
        index.rebuild()
        letters = "aeiubnyBÜß\"'()*:-+^~%_\\/<>&|!?.,;[]{}\t\n\x00 ANDORNOT漢字🙂é\u0301"
        chance = random.Random(47)

        for _ in range(500):
            text = "".join(chance.choices(letters, k=chance.randrange(1, 30)))
            search.best(Video.objects.all(), text)

    def test_takes_few_queries(self, django_assert_max_num_queries: Any):
        make_library()

        with django_assert_max_num_queries(4 * 4 + 1):  # four for each word
            search.best(Video.objects.all(), "harry poter philosofer stone")

    def test_looks_for_what_few_may_see(self, monkeypatch: Any):
        make_library()
        monkeypatch.setattr(search, "BATCH", 2)
        everything = search.best(Video.objects.all(), "the")
        few = Video.objects.filter(pk__in=everything[5:7])
        some = Video.objects.filter(pk__in=everything[3:9])

        assert len(everything) > 20
        assert search.best(few, "the") == everything[5:7]
        assert search.best(some, "the") == everything[3:9]


@pytest.mark.django_db
class TestStep:
    def test_follows_saved_films(self, django_capture_on_commit_callbacks: Any):
        make_video("Sintel")
        film = Video.objects.get()
        with django_capture_on_commit_callbacks(execute=True):
            film.title = "Durian"
            film.save()

        assert found("durian") == ["Durian"]
        assert found("sintel") == []

    def test_catches_up_with_bulk_edits(self):
        make_video("Sintel")
        index.rebuild()

        Video.objects.update(title="Durian")

        assert index.catch_up() == 1
        assert found("durian") == ["Durian"]
        assert bytes(Video.objects.get().sort_key) == b"durian"
        assert index.catch_up() == 0

    def test_follows_tags_that_are_renamed_and_deleted(
        self, django_capture_on_commit_callbacks: Any
    ):
        tag = Tag.objects.create(name="Noir")
        with django_capture_on_commit_callbacks(execute=True):
            make_video("Laura").tags.add(tag)
        assert found("noir") == ["Laura"]

        with django_capture_on_commit_callbacks(execute=True):
            tag.name = "Shadow"
            tag.save()
        assert (found("noir"), found("shadow")) == ([], ["Laura"])

        with django_capture_on_commit_callbacks(execute=True):
            tag.delete()
        assert found("shadow") == []

    def test_forgets_deleted_films(self):
        make_video("Sintel")
        index.rebuild()

        Video.objects.all().delete()

        assert not Mention.objects.exists()
        assert found("sintel") == []

    def test_indexes_twice_without_change(self):
        film = make_video("Sintel", description="A girl looks for her dragon")
        index.rebuild()
        before = list(Mention.objects.values_list("word__text", "weight").order_by("word__text"))

        index.refresh([film.pk])

        after = Mention.objects.values_list("word__text", "weight").order_by("word__text")
        assert list(after) == before
