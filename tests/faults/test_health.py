"""What `/health/` says while Redis comes and goes: a real one, and a real worker."""

import json
import urllib.error
import urllib.request

from redis import Redis

from tests.faults.site import Site, until


def components(site: Site) -> dict[str, str]:
    try:
        with urllib.request.urlopen(f"{site.stack.url}/health/", timeout=10) as answer:
            body = answer.read()
    except urllib.error.HTTPError as error:
        body = error.read()
    found: dict[str, str] = json.loads(body)["components"]
    return found


def redis_works(site: Site) -> bool:
    found = components(site)
    return found["redis"] == found["worker"] == "ok"


def test_knows_the_worker_after_redis_came_back_empty(site: Site) -> None:
    until(lambda: redis_works(site), "a healthy site", 30)
    redis = Redis.from_url(site.stack.env["REDIS_URL"])

    redis.flushall()

    assert components(site)["worker"] == "ok"
    redis.close()


def test_says_that_a_full_redis_is_down(site: Site) -> None:
    until(lambda: redis_works(site), "a healthy site", 30)
    redis = Redis.from_url(site.stack.env["REDIS_URL"])

    redis.config_set("maxmemory", "1")
    try:
        found = components(site)
        assert (found["redis"], found["worker"]) == ("down", "ok")
    finally:
        redis.config_set("maxmemory", "0")
        redis.close()
    until(lambda: redis_works(site), "a healthy site", 30)


def test_says_that_a_stopped_worker_is_down(site: Site) -> None:
    until(lambda: redis_works(site), "a healthy site", 30)

    site.stop_worker()

    until(lambda: components(site)["worker"] == "down", "no worker", 20)
