"""Every error is JSON, and says nothing twice."""

from django.db import OperationalError
from rest_framework.exceptions import ValidationError

from core.errors import exception_handler


def test_no_message_stands_twice_in_a_body() -> None:
    error = ValidationError({"a": ["Same."], "b": ["Same.", "Other."], "c": {"d": ["Other."]}})
    response = exception_handler(error, {})
    assert response is not None
    assert response.data == {"a": ["Same."], "b": ["Other."]}


def test_a_database_that_is_away_is_a_503_with_retry_after() -> None:
    response = exception_handler(OperationalError("connection refused"), {})
    assert response is not None
    assert response.status_code == 503
    assert response["Retry-After"]
    assert "refused" not in str(response.data)
