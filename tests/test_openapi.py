"""The committed schema is the one that the code makes, and its page works without the net.

After a change: `./manage.py spectacular --file docs/openapi.yml`.
"""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command
from django.test import Client

COMMITTED = Path(settings.BASE_DIR) / "docs" / "openapi.yml"


@pytest.fixture(scope="module")
def made() -> str:
    out = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out)
    return out.getvalue()


def test_commits_current_schema(made: str):
    assert COMMITTED.read_text() == made.rstrip("\n") + "\n"


def test_describes_only_canonical_paths(made: str):
    paths = yaml.safe_load(made)["paths"]

    assert "/api/video/" in paths
    assert not [path for path in paths if path.startswith(("/api/videos", "/api/auth"))]
    assert [path for path in paths if path.startswith("/users/")] == ["/users/email-exists/"]


def test_describes_name_group_and_error_of_every_operation(made: str):
    operations = [
        operation for path in yaml.safe_load(made)["paths"].values() for operation in path.values()
    ]

    assert len({operation["operationId"] for operation in operations}) == len(operations)
    assert all(operation["tags"] != ["api"] for operation in operations)
    assert all("default" in operation["responses"] for operation in operations)


@pytest.mark.django_db
class TestPage:
    @pytest.fixture
    def page(self) -> Any:
        return Client().get("/api/docs/")

    def test_loads_nothing_from_elsewhere(self, page: Any):
        assert page.status_code == 200
        assert "://" not in page.content.decode().replace("http://www.w3.org", "")

    def test_forbids_inline_scripts(self, page: Any):
        policy = page["Content-Security-Policy"]

        assert "script-src" not in policy
        assert "default-src 'self'" in policy
        assert "style-src 'self' 'unsafe-inline'" in policy

    def test_serves_schema(self):
        response = Client().get("/api/schema/?format=json")

        assert response.json()["openapi"].startswith("3.")
