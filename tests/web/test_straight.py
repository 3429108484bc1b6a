"""The short way takes what FastAPI takes, refuses what FastAPI refuses, and nothing that it does not know."""

from typing import Annotated

import pytest
from fastapi import APIRouter, Header
from starlette.responses import Response

from app.web.straight import Straight

from .conftest import Visitor


@pytest.mark.parametrize("query", ["", "?more=1", "?more=true", "?more=0&more=1", "?other=1"])
def test_what_fits_is_taken(visitor: Visitor, query: str) -> None:
    assert visitor.client.get(visitor.address("offer.name") + query).status_code == 200


@pytest.mark.parametrize("query", ["?more=", "?more=perhaps", "?more=1&more=perhaps"])
def test_what_does_not_fit_in_the_query_is_no_page(visitor: Visitor, query: str) -> None:
    assert visitor.client.get(visitor.address("offer.name") + query).status_code == 404


@pytest.mark.parametrize("number", ["0", "10000", "-1", "x", "1.5", "9" * 5000])
def test_what_does_not_fit_in_the_path_is_no_page(visitor: Visitor, number: str) -> None:
    address = visitor.address("offer.name").replace("/offers/1/", f"/offers/{number}/")
    assert visitor.client.get(address).status_code == 404
    assert visitor.client.post(address, data={"text": "Mine"}).status_code == 404
    assert visitor.saved() == {}


def test_an_endpoint_that_takes_more_than_this_way_knows_is_an_error_at_the_start() -> None:
    router = APIRouter(route_class=Straight)

    def takes_a_header(accept: Annotated[str, Header()]) -> Response:
        return Response(accept)

    with pytest.raises(NotImplementedError):
        router.get("/")(takes_a_header)
