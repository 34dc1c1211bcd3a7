"""Middleware of the whole site: what becomes of requests, who is refused, what answers carry."""
