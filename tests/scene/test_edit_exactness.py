"""Nothing outside an edit's ranges changes, on any rig, frame rate and layout of keys."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from blender_mmm import apply, edits  # noqa: E402
from blender_mmm.scene.action_channels import assign_new_action, channels_for, find_channels  # noqa: E402
from blender_mmm.scene.curve_book import CurveBook  # noqa: E402
from blender_mmm.scene.key_table import frames_of, read_keys, write_keys  # noqa: E402

EDITS = 24


@pytest.fixture(scope="module")
def random_edits() -> ModuleType:
    """The benchmark, which draws the edits."""
    file = Path(__file__).resolve().parents[2] / "benchmarks" / "random_edits.py"
    spec = importlib.util.spec_from_file_location("random_edits", file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["random_edits"] = module
    spec.loader.exec_module(module)
    return module


def test_random_edits_change_nothing_outside(lab: SimpleNamespace, random_edits: ModuleType) -> None:
    tally = random_edits.Tally()
    for number in range(EDITS):
        random_edits.try_edit(number, 7, tally)
    assert tally.edits > EDITS // 2 and len(tally.kinds) == 2, tally
    assert tally.changed_keys == 0, tally
    assert tally.changed_whole == 0, tally
    assert tally.changed_between == 0, tally


def test_key_tables_travel_bit_for_bit(lab: SimpleNamespace, random_edits: ModuleType) -> None:
    random = np.random.default_rng(0)
    rig = random_edits.make_rig("own", random)
    random_edits.animate(rig, "wild", 50, -10, random)
    for curve in find_channels(rig).fcurves:
        before = read_keys(curve)
        values = [curve.evaluate(frame / 3) for frame in range(-60, 150)]
        write_keys(curve, before)
        after = read_keys(curve)
        assert after.tobytes() == before.tobytes()
        assert [curve.evaluate(frame / 3) for frame in range(-60, 150)] == values


def sparse_curve(rig: Any, keys: list[tuple[float, float]]) -> Any:
    """One Bézier curve of a character that has no other."""
    channels = channels_for(rig, assign_new_action(rig, "Sparse"))
    curve = channels.fcurves.new('pose.bones["pelvis"].location', index=0)
    for frame, value in keys:
        curve.keyframe_points.insert(frame, value)
    return curve


def fill(rig: Any, start: int, stop: int, lab: SimpleNamespace, **options: Any) -> Any:
    scene = bpy.context.scene
    prepared = edits.prepare_fill(rig, scene, edits.to_ranges(rig, scene, [(start, stop)]))
    return edits.apply_edit(rig, prepared, prepared.request.clip, edits.EditOptions(**options))


def curve_of(rig: Any, bone: str = "pelvis", name: str = "location", index: int = 0) -> Any:
    return CurveBook(rig, find_channels(rig)).find((bone, name, index))


def test_a_cut_bezier_segment_keeps_its_course_between_frames(lab: SimpleNamespace) -> None:
    rig = apply.create_character(bpy.context)
    old = sparse_curve(rig, [(1, 0.0), (60, 1.0), (90, -0.5)])
    times = [t for t in np.arange(1, 90, 0.125) if not 29 < t < 40]
    before = np.array([old.evaluate(t) for t in times])
    fill(rig, 30, 40, lab)
    after = np.array([curve_of(rig).evaluate(t) for t in times])
    whole = np.array(times) % 1 == 0
    np.testing.assert_array_equal(after[whole], before[whole])
    # Next to the old keys their own handles, which may not change, are too long for a single frame.
    beside = np.array([1 < t < 2 or 59 < t < 60 for t in times])
    np.testing.assert_allclose(after[~beside], before[~beside], atol=2e-6)
    np.testing.assert_allclose(after, before, atol=5e-4)


def test_level_and_stepped_curves_get_no_keys_outside(lab: SimpleNamespace) -> None:
    rig = apply.create_character(bpy.context)
    old = sparse_curve(rig, [(1, 0.25), (90, 0.25)])
    fill(rig, 30, 40, lab)
    frames = frames_of(read_keys(curve_of(rig)))
    assert [f for f in frames if not 30 <= f < 40] == [1, 29, 40, 90]
    assert len(read_keys(old)) == 2


def test_the_users_action_is_kept_and_the_copy_plays(lab: SimpleNamespace) -> None:
    rig = apply.create_character(bpy.context)
    apply.apply_clip(rig, lab.make_clip(), apply.ApplyOptions(1, 20.0, action_name="Mine"))
    mine = rig.animation_data.action
    tables = [read_keys(curve).tobytes() for curve in find_channels(rig).fcurves]
    first = fill(rig, 10, 20, lab)
    second_base = rig.animation_data.action
    assert first.action_name == second_base.name != "Mine"
    assert mine.use_fake_user and any("“Mine”" in note for note in first.notes)
    rig.animation_data.action = mine
    assert [read_keys(curve).tobytes() for curve in find_channels(rig).fcurves] == tables


def test_channels_that_were_never_keyed_keep_their_value_outside(lab: SimpleNamespace) -> None:
    """A bone that is posed without keys stays so outside the range."""
    rig = apply.create_character(bpy.context)
    sparse_curve(rig, [(1, 0.0), (60, 1.0)])
    rig.pose.bones["left_elbow"].rotation_quaternion = (0.8, 0.0, 0.6, 0.0)
    bpy.context.scene.render.fps = 20
    scene = bpy.context.scene
    prepared = edits.prepare_fill(rig, scene, edits.to_ranges(rig, scene, [(20, 40)]))
    clip = prepared.request.clip
    turns = clip.rotations.copy()
    gap = prepared.request.gaps[0]
    turns[gap.start : gap.stop] = lab.make_clip(frames=gap.stop - gap.start).rotations
    edits.apply_edit(rig, prepared, type(clip)(clip.root, turns, clip.contacts, clip.fps))
    for index, value in enumerate((0.8, 0.0, 0.6, 0.0)):
        curve = curve_of(rig, "left_elbow", "rotation_quaternion", index)
        assert {curve.evaluate(t) for t in (-50, 1, 18.5, 19, 40, 41.25, 100)} == {np.float32(value)}
    assert np.ptp([curve.evaluate(t) for t in range(20, 40)]) > 0.0
