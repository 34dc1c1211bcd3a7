"""Whatever fits the schema, and what does not, gets an answer that fits it too."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from core.wsgi import application
from tests.people import access_token, make_user
from video_app.tests.films import make_film, write, write_progressive

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(180)]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
EXAMPLES = 8


def whole(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """The application, read to its end and closed, as a server does it."""
    body = application(environ, start_response)
    try:
        return [b"".join(body)]
    finally:
        body.close()


@schemathesis.serializer("application/offset+octet-stream")
def part_of_a_file(context: Any, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


schema = schemathesis.openapi.from_path(Path(settings.BASE_DIR) / "docs" / "openapi.yml")
schema.app = whole


@pytest.fixture(autouse=True)
def _keep_the_connection() -> Iterator[None]:
    """The application runs in the test's transaction; after a request it would end that."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def film() -> Any:
    film = make_film(poster="posters/1-1.jpg")
    write("posters/1-1.jpg", b"\xff\xd8")
    write_progressive(film.current_build, "360p", b"mp4")
    return film


@pytest.fixture(params=["stranger", "member", "staff"])
def headers(request: pytest.FixtureRequest) -> dict[str, str]:
    if request.param == "stranger":
        return {}
    user = make_user(request.param, is_staff=request.param == "staff")
    return {"Authorization": f"Bearer {access_token(user)}"}


@schema.parametrize()
@hypothesis_settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_answers_according_to_schema(case: schemathesis.Case, film: Any, headers: dict[str, str]):
    response = case.call(headers=headers)

    case.validate_response(response, checks=CHECKS)
    if not headers and _needs_a_session(case) and case.method != "OPTIONS":
        # 403: the Origin that it chose is not ours.
        assert response.status_code in (401, 403, 404, 405)


def _needs_a_session(case: schemathesis.Case) -> bool:
    return any(case.operation.definition.raw.get("security", []))
