"""A short way from a request to what answers it, for the two addresses that people ask for most.

FastAPI reads from a route's signature what it takes, and that is kept to: the same dependencies, the same checks, the
same description. But its own way of finding these values provides for all that a route may take, at every request.
Knows path, query, the request and coroutines that take such things; anything else is an error when the route is made.
"""

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

# What was found for one request, by the function that found it.
_Found = dict[Callable[..., Any], Any]
_Find = Callable[[Request, _Found], Awaitable[dict[str, Any]]]


class Straight(APIRoute):
    """A route whose endpoint is a plain function that returns a response."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        find, answer = _finder(self.dependant), self.endpoint

        async def handle(request: Request) -> Response:
            response: Response = await run_in_threadpool(answer, **await find(request, {}))
            return response

        return handle


def _finder(takes: Dependant) -> _Find:
    """What finds the values that a function takes. Raises NotImplementedError for what this way does not know."""
    if takes.header_params or takes.cookie_params or takes.body_params or takes.response_param_name:
        raise NotImplementedError(takes.call)
    others = [(other.name, other.call, _finder(other)) for other in takes.dependencies if other.call]
    path, query, request_name = takes.path_params, takes.query_params, takes.request_param_name

    async def find(request: Request, found: _Found) -> dict[str, Any]:
        values: dict[str, Any] = {request_name: request} if request_name else {}
        for name, call, inner in others:
            if call not in found:
                found[call] = await call(**await inner(request, found))
            if name:
                values[name] = found[call]
        for field in path:
            values[field.name] = _checked(field, "path", request.path_params)
        for field in query:
            given = request.query_params if request.scope["query_string"] else {}
            values[field.name] = _checked(field, "query", given)
        return values

    return find


def _checked(field: Any, where: str, given: Mapping[str, Any]) -> object:
    """A value as its annotation says it is. Raises RequestValidationError."""
    if field.alias not in given and not field.field_info.is_required():
        return field.get_default()
    value, errors = field.validate(given.get(field.alias), {}, loc=(where, field.alias))
    if errors:
        raise RequestValidationError(errors)
    return value
