"""A job shows what the engine says only in a form that a panel can show."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from blender_mmm.engine_door import requests
from blender_mmm.jobs.job import MAX_MESSAGE, Failure, Job, JobState, readable


@given(st.text(max_size=3000))
def test_readable_is_short_and_on_one_line(text: str) -> None:
    shown = readable(text)
    assert len(shown) <= MAX_MESSAGE
    assert shown.isprintable()


@given(st.lists(st.floats(), min_size=1, max_size=20))
def test_progress_stays_in_the_bar_and_never_goes_back(fractions: list[float]) -> None:
    job = Job(1, requests.GenerateRequest("a person walks", None, 0))
    shown = []
    for fraction in fractions:
        job.show_progress(fraction, "Step")
        shown.append(job.fraction)
    assert all(0.0 <= value <= 1.0 and math.isfinite(value) for value in shown)
    assert shown == sorted(shown)


def test_a_failure_drops_the_result() -> None:
    job = Job(1, requests.GenerateRequest("a person walks", None, 0))
    job.fail(Failure("It broke.", "Mend it."))
    assert job.state is JobState.FAILED and job.state.has_ended and job.result is None
    assert str(job.failure) == "It broke. Mend it."
