"""Messages from outside, of any content, to requests the pipeline can trust."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..protocol.messages import from_message
from ..protocol.requests import CancelRequest, JobRequest, RequestError
from ..protocol.wire import Arrays


def read_request(header: Mapping[str, Any], arrays: Arrays) -> JobRequest:
    """The job a message asks for, with clean values.

    Raises RequestError with a sentence for anything that cannot be served.
    """
    request = from_message(header, arrays)
    if isinstance(request, CancelRequest):
        raise RequestError("Only motions can be asked for.")
    return request.checked()
