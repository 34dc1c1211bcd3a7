"""`setup_bucket`: pages of the front end may read from the bucket."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command

from video_app.store import identity

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("own_media", "with_bucket"),
]
PAGE = "http://127.0.0.1:5500"


@pytest.fixture
def no_server(settings: Any) -> None:
    settings.AWS_S3_ENDPOINT_URL = "http://127.0.0.1:9"


class TestSetup:
    def test_lets_pages_read_from_bucket(self, store: Any, capsys: Any):
        call_command("setup_bucket")

        rule = store.get_bucket_cors(Bucket="films")["CORSRules"][0]
        assert PAGE in rule["AllowedOrigins"]
        said = capsys.readouterr()
        assert PAGE in said.out
        # moto is such a server.
        assert "without Access-Control-Allow-Credentials" in said.err
        found = store.list_objects_v2(Bucket="films")["Contents"]
        assert [entry["Key"] for entry in found] == [identity.MARK]

    def test_keeps_rules_of_others(self, store: Any):
        other = {"ID": "other", "AllowedOrigins": ["https://x.example"], "AllowedMethods": ["PUT"]}
        store.put_bucket_cors(Bucket="films", CORSConfiguration={"CORSRules": [other]})

        call_command("setup_bucket")
        call_command("setup_bucket")

        rules = store.get_bucket_cors(Bucket="films")["CORSRules"]
        assert [rule["AllowedMethods"] for rule in rules] == [["PUT"], ["GET", "HEAD"]]

    def test_names_missing_bucket(self, store: Any, settings: Any):
        settings.AWS_STORAGE_BUCKET_NAME = "another"

        with pytest.raises(CommandError, match="NoSuchBucket"):
            call_command("setup_bucket")

    def test_says_that_bucket_is_away(self, no_server: None):
        with pytest.raises(CommandError, match="EndpointConnectionError"):
            call_command("setup_bucket")

    def test_wants_the_setting(self, settings: Any):
        settings.USE_S3_MEDIA = False

        with pytest.raises(CommandError, match="USE_S3_MEDIA is not set"):
            call_command("setup_bucket")
