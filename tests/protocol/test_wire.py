"""Whatever is sent arrives; whatever else arrives is refused in words."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from engine.protocol import events, requests, wire

_arrays = st.sampled_from([np.float64, np.float32, np.int64, np.int32, np.bool_]).flatmap(
    lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4))
)
_headers = st.dictionaries(
    st.text().filter(lambda key: key != "arrays"),
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text()
    | st.floats(allow_nan=False, allow_infinity=False),
)


@given(_headers, st.dictionaries(st.text(), _arrays, max_size=3))
def test_messages_arrive_as_sent(header: dict[str, object], arrays: dict[str, np.ndarray]) -> None:
    stream = io.BytesIO()
    wire.write_message(stream, header, arrays)
    wire.write_message(stream, {"kind": "next"})
    stream.seek(0)
    received = wire.read_message(stream)
    assert received is not None
    assert received[0] == header
    assert received[1].keys() == arrays.keys()
    for name, array in arrays.items():
        np.testing.assert_array_equal(received[1][name], array)
        assert received[1][name].dtype == array.dtype
    assert wire.read_message(stream) == ({"kind": "next"}, {})
    assert wire.read_message(stream) is None


@given(st.binary(max_size=200))
def test_noise_is_refused_and_never_crashes(noise: bytes) -> None:
    try:
        wire.read_message(io.BytesIO(noise))
    except wire.WireError as error:
        assert str(error).endswith(".")


@pytest.mark.parametrize(
    "line",
    [
        b'{"arrays": [["a", "|O", [1]]]}\n',
        b'{"arrays": [["a", "<f8", [-1]]]}\n',
        b'{"arrays": [["a", "<f8", [999999999999]]]}\n',
        b'{"arrays": [["a", "<f8", [3]]]}\nxx',
        b'{"arrays": 5}\n',
        b"[]\n",
        b'{"kind": "cut off"',
    ],
)
def test_dangerous_headers_are_refused(line: bytes) -> None:
    with pytest.raises(wire.WireError):
        wire.read_message(io.BytesIO(line))


def test_values_that_json_does_not_have_are_not_sent() -> None:
    with pytest.raises(ValueError):
        wire.write_message(io.BytesIO(), {"fraction": float("nan")})


def test_every_event_arrives() -> None:
    for event in (
        events.Ready(1, "cmu 1", "cpu"),
        events.Progress(3, 0.5, "step 5 of 10"),
        events.Failed(None, events.FailureKind.WEIGHTS, "No weights.", "Install them.", "trace"),
        events.Cancelled(4),
    ):
        assert events.from_message(*events.to_message(event)) == event


@given(_headers)
def test_headers_that_are_no_event_are_refused(header: dict[str, object]) -> None:
    with pytest.raises(events.EventError):
        events.from_message(header, {})


@pytest.mark.parametrize(
    ("text", "seconds", "seed", "said"),
    [
        ("", None, 0, "no text"),
        ("   \n\t", None, 0, "no text"),
        ("🕺💃!!", None, 0, "no text"),
        ("x" * 10_000, None, 0, "10000 characters"),
        ("walks", 0.0, 0, "more than 0"),
        ("walks", -3.0, 0, "more than 0"),
        ("walks", float("nan"), 0, "more than 0"),
        ("walks", 1e9, 0, "longest motion"),
        ("walks", None, -1, "seed"),
        ("walks", None, 2**40, "seed"),
    ],
)
def test_bad_requests_are_refused_in_a_sentence(text: str, seconds: float | None, seed: int, said: str) -> None:
    with pytest.raises(requests.RequestError, match=said):
        requests.GenerateRequest(text, seconds, seed).checked()


def test_control_characters_become_spaces() -> None:
    assert requests.clean_text(" a\x00person\n\twalks 🚶 ") == "a person walks 🚶"
