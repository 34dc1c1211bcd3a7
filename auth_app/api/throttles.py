"""Throttling by the client's address, with a count per scope."""

from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from auth_app import limits


class AddressThrottle(BaseThrottle):
    """Counts against the view's `throttle_scope`."""

    def allow_request(self, request: Request, view: Any) -> bool:
        who = limits.network(limits.client_address(request._request))
        self._wait = limits.hit(view.throttle_scope, who)
        return not self._wait

    def wait(self) -> float:
        return self._wait
