"""Probes of edits measure what they say, on any networks."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from engine.evaluation import actions
from engine.evaluation.figure import Figure
from engine.evaluation.job_probes import GESTURES, STORY, gesture_results, loop_result, story_result
from engine.evaluation.measure_probes import run_probes
from engine.evaluation.probes import probe_named
from engine.motion.skeleton import MODEL_FPS, Joint

from ..editing.tiny import tiny_pipeline


def test_gestures_leave_the_legs_alone() -> None:
    results = gesture_results(tiny_pipeline(split=True, levels=2), [0], [("walking", "walk")])
    assert [one.result.probe.name for one in results] == list(GESTURES)
    assert all(one.moved == 0.0 for one in results)


def test_seeds_are_those_that_were_named(tmp_path: Path) -> None:
    pipeline, probe = tiny_pipeline(split=True, levels=2), [probe_named("jumps")]
    (one,), (both,) = run_probes(pipeline, probe, [4], tmp_path), run_probes(pipeline, probe, [3, 4])
    assert [path.name for path in tmp_path.iterdir()] == ["jumps_4.npz"]
    assert one.values == both.values[1:]
    run_probes(pipeline, probe, [5], tmp_path, seconds=3.0)
    assert len(np.load(tmp_path / "jumps_5.npz")["root"]) == 3 * MODEL_FPS
    gait = [("walking", "walk")]
    alone, together = gesture_results(pipeline, [4], gait), gesture_results(pipeline, [3, 4], gait)
    assert [a.result.values for a in alone] == [b.result.values[1:] for b in together]


def test_a_story_is_judged_segment_by_segment() -> None:
    told = story_result(tiny_pipeline(), 0)
    assert len(told.clip) == len(STORY) * 5 * MODEL_FPS
    assert len(told.values) == len(told.marks) == len(told.seams) + 1 == len(STORY)
    assert 0 <= told.passed <= len(STORY)


def test_a_loop_is_closed() -> None:
    result = loop_result(tiny_pipeline(), "walk", 0)
    assert result.closed < 1e-5


def test_claps_are_counted_by_their_closing() -> None:
    joints = np.zeros((60, 22, 3))
    joints[:, Joint.LEFT_WRIST, 0] = 0.1 + 0.3 * (np.arange(60) // 10 % 2)
    assert actions.claps(Figure(joints, np.zeros(60))) == 2.0
    joints[:, Joint.LEFT_WRIST, 0] = 0.1
    assert actions.claps(Figure(joints, np.zeros(60))) == 0.0, "hands that stay together do not clap"
    assert probe_named("claps").passes(2.0)
