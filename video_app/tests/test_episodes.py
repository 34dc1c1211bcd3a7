"""What comes next in a series, in written sequences of what somebody did."""

from datetime import UTC, datetime, timedelta

import pytest

from video_app.catalogue.episodes import Episode, after, first, in_order, next_up

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
# Two seasons of three, and two specials.
NAMES = ("S0E1", "S0E2", "S1E1", "S1E2", "S1E3", "S2E1", "S2E2", "S2E3")


def make_episodes(done: str, names: tuple[str, ...] = NAMES) -> list[Episode]:
    """`done` is what happened in order: "S1E1" was watched, "S1E2~" was begun."""
    seconds: dict[str, float] = {}
    watched: dict[str, datetime] = {}
    touched: dict[str, datetime] = {}
    for hour, what in enumerate(done.split()):
        name, now = what.rstrip("~"), BEGIN + timedelta(hours=hour)
        touched[name], seconds[name] = now, 60.0 if what.endswith("~") else 0.0
        if not what.endswith("~"):
            watched[name] = now
    return [
        Episode(
            pk=place,
            season=int(name[1]),
            number=int(name[3]),
            title=name,
            seconds=seconds.get(name, 0),
            watched_at=watched.get(name),
            touched_at=touched.get(name),
        )
        for place, name in enumerate(names, 1)
    ]


@pytest.mark.parametrize(
    ("done", "expected"),
    [
        ("", None),  # nobody began it
        ("S1E1", "S1E2"),
        ("S1E1 S1E2~", "S1E2"),  # go on where one stopped
        ("S1E3", "S2E1"),  # into the next season
        ("S1E1 S1E2 S1E3 S2E1 S2E2 S2E3", None),  # the end
        ("S1E1 S0E1", "S1E2"),  # a special in between changes nothing
        ("S0E1 S0E2", None),  # specials alone begin no series
        ("S1E1 S1E2 S1E3 S2E1 S2E2 S2E3 S1E1", "S1E2"),  # again from the start
        ("S1E1 S1E2 S1E3 S2E1 S2E2 S2E3 S1E1 S1E2~", "S1E2"),
        ("S2E2 S1E1", "S1E2"),  # out of order: the time decides
        ("S1E2~ S1E1", "S1E2"),  # what follows is begun already
        ("S2E3 S0E1~", None),  # a begun special does not keep a series alive
    ],
)
def test_proposes_episode_after_what_was_done_last(done: str, expected: str | None):
    found = next_up(make_episodes(done))

    assert (found and found.title) == expected


def test_proposes_new_episode_after_the_former_end():
    names = ("S1E1", "S1E2")

    assert next_up(make_episodes("S1E1 S1E2", names)) is None
    grown = next_up(make_episodes("S1E1 S1E2", (*names, "S1E3")))
    assert grown
    assert grown.title == "S1E3"


def test_orders_seasons_before_specials():
    shuffled = make_episodes("", ("S2E1", "S0E1", "S1E2", "S1E1"))

    assert [episode.title for episode in in_order(shuffled)] == ["S1E1", "S1E2", "S2E1", "S0E1"]


def test_orders_collections_by_title():
    films = [Episode(1, None, None, "Öl"), Episode(2, None, None, "Anna"), Episode(3, None, 1, "Z")]

    assert [film.title for film in in_order(films)] == ["Z", "Anna", "Öl"]


def test_begins_with_first_regular_episode():
    found = first(make_episodes(""))

    assert found
    assert found.title == "S1E1"
    assert first([]) is None


def test_follows_no_special_and_no_stranger():
    episodes = make_episodes("")

    assert after(episodes, 1) is None
    assert after(episodes, 99) is None
