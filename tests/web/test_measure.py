"""Requests are counted only where somebody wants it. What is counted then: tests/test_serving.py."""

from app.web.measure import Measured

from .conftest import MakeClient, application


def test_nothing_stands_in_the_way_of_requests_where_nothing_is_counted(make_client: MakeClient) -> None:
    for place, there in (("", False), ("127.0.0.1:9100", True)):
        layers = [layer.cls for layer in application(make_client(metrics=place)).user_middleware]
        assert (Measured in layers) == there
