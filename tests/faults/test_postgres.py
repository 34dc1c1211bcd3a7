"""A database that is restarted mid-film."""

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from launcher.postgres import throwaway_postgres
from launcher.problems import Problem
from tests.faults.site import Site, running_site, until

pytestmark = [pytest.mark.ffmpeg, pytest.mark.slow]


@pytest.fixture
def postgres_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A site with a PostgreSQL of its own."""
    with ExitStack() as servers:
        try:
            url = servers.enter_context(throwaway_postgres())
        except Problem as problem:
            pytest.skip(str(problem))
        monkeypatch.setenv("TEST_DATABASE_URL", url)
        yield servers.enter_context(running_site(tmp_path))


def test_a_film_survives_a_restart_of_the_database(postgres_site: Site, film: Path) -> None:
    site = postgres_site
    site.slow_down(6)
    video = site.upload(film)
    site.encoding()
    crash(site)
    site.slow_down(None)
    until(lambda: answers(site), "the database is back", 20)
    site.wait_for(video)
    assert site.attempts(video) <= 1
    site.assert_whole(video)
    site.assert_clean()


def crash(site: Site) -> None:
    """Kill one server process: PostgreSQL then ends all of them and recovers."""
    ((backend,),) = site.rows(
        "SELECT pid FROM pg_stat_activity WHERE backend_type = 'walwriter' LIMIT 1"
    )
    os.kill(backend, signal.SIGKILL)


def answers(site: Site) -> bool:
    try:
        return bool(site.rows("SELECT 1"))
    except psycopg.OperationalError:
        return False
