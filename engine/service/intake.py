"""Values from outside, of any type, to requests the pipeline can trust."""

from __future__ import annotations

from ..protocol.requests import GenerateRequest, Request, RequestError


def checked(request: Request) -> GenerateRequest:
    """The request with clean values; JSON promises no types, so they are checked here too.

    Raises RequestError with a sentence for anything that cannot be served.
    """
    if not isinstance(request, GenerateRequest):
        raise RequestError("Only motions can be asked for.")
    text, seconds, seed = request.text, request.seconds, request.seed
    if not isinstance(text, str):
        raise RequestError(f"The text must be text, not {text!r}.")
    if type(seed) is not int:
        raise RequestError(f"The seed must be a whole number, not {seed!r}.")
    if seconds is not None and type(seconds) not in (int, float):
        raise RequestError(f"The length must be a number of seconds, not {seconds!r}.")
    try:
        return GenerateRequest(text, None if seconds is None else float(seconds), seed).checked()
    except OverflowError as error:
        raise RequestError("The length is far too large; choose a few seconds.") from error
