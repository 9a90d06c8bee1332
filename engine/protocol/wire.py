"""Messages on a byte stream: one JSON line, then the raw little-endian bytes of its arrays.

The header's "arrays" lists [name, dtype, shape] in the order in which the bytes follow. Nothing is
ever unpickled or evaluated, and sizes are bounded before they are read.
"""

from __future__ import annotations

import json
import math
from typing import Any, BinaryIO, Final, TypeAlias

import numpy as np

MAX_HEADER: Final = 1 << 20
MAX_ARRAY_BYTES: Final = 1 << 30
Arrays: TypeAlias = dict[str, np.ndarray]
_DTYPES: Final = {"<f8", "<f4", "<i8", "<i4", "|b1"}


class WireError(ValueError):
    """The bytes are not a message of this protocol."""


def write_message(stream: BinaryIO, header: dict[str, Any], arrays: Arrays | None = None) -> None:
    """Write one message and flush it."""
    packed = {name: _little_endian(array) for name, array in (arrays or {}).items()}
    listing = [[name, array.dtype.str, list(array.shape)] for name, array in packed.items()]
    line = json.dumps({**header, "arrays": listing}, allow_nan=False, default=_plain)
    stream.write(line.encode("utf-8") + b"\n" + b"".join(array.tobytes() for array in packed.values()))
    stream.flush()


def read_message(stream: BinaryIO) -> tuple[dict[str, Any], Arrays] | None:
    """The next message, or None at the end of the stream; raises WireError for anything else."""
    line = stream.readline(MAX_HEADER + 1)
    if not line:
        return None
    if len(line) > MAX_HEADER or not line.endswith(b"\n"):
        raise WireError("A header was cut off or longer than allowed.")
    try:
        header = json.loads(line)
        listing = header.pop("arrays", [])
        entries = [(str(name), str(dtype), tuple(map(int, shape))) for name, dtype, shape in listing]
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise WireError(f"A header is not valid: {error}.") from error
    return header, {name: _read_array(stream, dtype, shape) for name, dtype, shape in entries}


def _read_array(stream: BinaryIO, dtype: str, shape: tuple[int, ...]) -> np.ndarray:
    if dtype not in _DTYPES or any(n < 0 for n in shape):
        raise WireError(f"An array of type {dtype} and shape {shape} is not allowed.")
    size = np.dtype(dtype).itemsize * math.prod(shape)
    if size > MAX_ARRAY_BYTES:
        raise WireError(f"An array of {size} bytes is too large.")
    data = stream.read(size)
    if len(data) != size:
        raise WireError("The stream ended inside an array.")
    return np.frombuffer(bytearray(data), dtype=dtype).reshape(shape)


def _little_endian(array: np.ndarray) -> np.ndarray:
    packed = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
    if packed.dtype.str not in _DTYPES:
        raise WireError(f"Arrays of type {array.dtype} cannot be sent.")
    return packed


def _plain(value: object) -> object:
    raw = getattr(value, "value", None)
    if isinstance(raw, str):
        return raw
    raise TypeError(f"{value!r} cannot be sent")
