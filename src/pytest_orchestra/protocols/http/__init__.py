"""The channel ``http``: services over HTTP/1.1, checked against OpenAPI 3.0 and 3.1."""

from pytest_orchestra.protocols.http.channel import plugin

__all__ = ["plugin"]
