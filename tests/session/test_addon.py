"""The registered add-on: its buttons, its settings, and what is left of it afterwards."""

from __future__ import annotations

import itertools
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from blender_mmm.engine_door import requests

bpy = pytest.importorskip("bpy")


import blender_mmm  # noqa: E402
from blender_mmm import apply  # noqa: E402
from blender_mmm import session as sessions  # noqa: E402
from blender_mmm.properties import RECENT_TEXTS, collect_request  # noqa: E402

ROOT = Path(__file__).parents[2]


def pump_until(holds: Callable[[], bool], seconds: float = 20.0) -> None:
    give_up = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < give_up, "did not happen in time"
        sessions.tick()  # the timer never fires without a window
        time.sleep(0.005)


def generate(text: str = "a person walks", **settings: Any) -> set[str]:
    scene = bpy.context.scene
    for name, value in {"text": text, "use_auto_length": True, **settings}.items():
        setattr(scene.mmm, name, value)
    return bpy.ops.mmm.generate()


def names_of_types() -> set[str]:
    return set(dir(bpy.types)) | {f"Scene.{name}" for name in dir(bpy.types.Scene)} | set(dir(bpy.ops.mmm))


def test_register_and_unregister_leave_blender_as_found(empty_scene: Any) -> None:
    types, handlers = names_of_types(), len(bpy.app.handlers.load_post)
    for _ in range(2):
        blender_mmm.register()
        assert hasattr(bpy.types.Scene, "mmm") and "generate" in dir(bpy.ops.mmm)
        blender_mmm.unregister()
        assert names_of_types() == types
        assert len(bpy.app.handlers.load_post) == handlers
        assert not bpy.app.timers.is_registered(sessions.tick)


def test_the_button_makes_keys_on_the_active_armature(addon: Any) -> None:
    obj = apply.create_character(bpy.context)
    bpy.context.scene.frame_set(31)
    assert generate(use_auto_length=False, frames=48) == {"FINISHED"}
    session = sessions.get_session()
    assert bpy.app.timers.is_registered(sessions.tick)
    pump_until(lambda: not session.jobs)
    assert session.notice.level is sessions.Level.INFO
    assert tuple(obj.animation_data.action.frame_range) == (31.0, 78.0)


def test_the_button_makes_a_character_when_nothing_is_selected(addon: Any) -> None:
    generate()
    pump_until(lambda: not sessions.get_session().jobs)
    assert bpy.context.object.type == "ARMATURE" and bpy.context.object.animation_data.action


def test_with_a_mesh_of_the_character_active_its_armature_is_meant(addon: Any) -> None:
    obj = apply.create_character(bpy.context)
    mesh = next(child for child in bpy.data.objects if child.type == "MESH" and child.find_armature() == obj)
    bpy.context.view_layer.objects.active = mesh
    mesh.select_set(True)
    generate()
    pump_until(lambda: not sessions.get_session().jobs)
    assert obj.animation_data.action
    assert len([o for o in bpy.data.objects if o.type == "ARMATURE"]) == 1


def test_an_armature_that_cannot_be_mapped_is_refused_before_anything_starts(addon: Any) -> None:
    data = bpy.data.armatures.new("Snake")
    obj = bpy.data.objects.new("Snake", data)
    bpy.context.collection.objects.link(obj)
    bpy.context.view_layer.objects.active = obj
    obj.select_set(True)
    with pytest.raises(RuntimeError, match="Snake"):
        generate()
    assert not sessions.get_session().jobs


BAD = {
    "empty": {"text": ""},
    "blank": {"text": "  \t "},
    "only emoji": {"text": "🕺💃"},
    "10,000 characters": {"text": "walk " * 2000},
    "too long": {"use_auto_length": False, "frames": 100_000},
}


@pytest.mark.parametrize("settings", BAD.values(), ids=BAD.keys())
def test_what_cannot_be_asked_disables_the_button(addon: Any, settings: dict[str, Any]) -> None:
    with pytest.raises(RuntimeError, match="poll"):
        generate(**settings)
    with pytest.raises(requests.RequestError, match=r"\."):
        collect_request(bpy.context.scene)
    assert sessions.find_session() is None, "an engine was started for nothing"


def test_control_characters_and_emoji_are_taken_out(addon: Any) -> None:
    generate("a person\x07 walks\n🕺 forward\x1b[31m")
    text = sessions.get_session().jobs[0].request.text
    assert text.isprintable() and text.startswith("a person walks")
    pump_until(lambda: not sessions.get_session().jobs)
    assert sessions.get_session().notice.level is sessions.Level.INFO


@pytest.mark.parametrize("frames", [0, -5, -(2**31)])
def test_lengths_below_one_frame_cannot_be_set(addon: Any, frames: int) -> None:
    settings = bpy.context.scene.mmm
    settings.frames = frames
    assert settings.frames == 1
    settings.seconds = float(frames)
    assert settings.frames >= 1


@pytest.mark.parametrize(("fps", "base", "frames"), [(24, 1.0, 48), (30, 1.001, 60), (60, 1.0, 120)])
def test_frames_and_seconds_are_the_same_length(addon: Any, fps: int, base: float, frames: int) -> None:
    scene = bpy.context.scene
    scene.render.fps, scene.render.fps_base = fps, base
    scene.mmm.seconds = 2.0
    assert scene.mmm.frames == frames
    scene.mmm.frames = frames * 2
    assert scene.mmm.seconds == pytest.approx(4.0, abs=0.01)
    scene.mmm.text, scene.mmm.use_auto_length = "walk", False
    assert collect_request(scene).seconds == pytest.approx(frames * 2 * base / fps)


@pytest.mark.parametrize(("fps", "base"), [(24, 1.0), (30, 1.001), (25, 1.0), (60, 1.0), (1, 1.0), (240, 1.0)])
def test_the_longest_length_is_accepted_and_one_frame_more_is_not(addon: Any, fps: int, base: float) -> None:
    from blender_mmm.properties import read_scene_fps, to_longest_frames

    scene = bpy.context.scene
    scene.render.fps, scene.render.fps_base = fps, base
    scene.mmm.text, scene.mmm.use_auto_length = "walk", False
    scene.mmm.frames = longest = to_longest_frames(read_scene_fps(scene))
    assert collect_request(scene).seconds <= requests.MAX_SECONDS + 1e-9
    scene.mmm.frames = longest + 1
    with pytest.raises(requests.RequestError, match=str(longest)):
        collect_request(scene)


def test_cancel_stops_what_runs_and_what_waits(addon: Any) -> None:
    generate("slow walk")
    generate("slow run")
    session = sessions.get_session()
    pump_until(lambda: session.queue.current is not None and session.queue.current.fraction > 0)
    waiting = session.jobs[1]
    bpy.ops.mmm.cancel(job=waiting.id)
    assert len(session.jobs) == 1
    bpy.ops.mmm.cancel()
    pump_until(lambda: not session.jobs)
    assert not [o for o in bpy.data.objects if o.type == "ARMATURE"]
    with pytest.raises(RuntimeError, match="poll"):
        bpy.ops.mmm.cancel()


def test_opening_a_file_drops_the_job_with_a_message(addon: Any) -> None:
    generate("slow walk")
    session = sessions.get_session()
    pump_until(lambda: session.queue.current is not None and session.queue.current.fraction > 0)
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    pump_until(lambda: not session.jobs)
    assert "file was opened" in session.notice.message
    assert not bpy.data.armatures and not bpy.data.actions
    bpy.ops.mmm.dismiss_notice()
    assert session.notice is None


def test_recent_texts_are_kept_newest_first_and_without_doubles(addon: Any) -> None:
    for number in range(RECENT_TEXTS + 3):
        generate(f"walk {number}")
    generate("walk 7")
    bpy.ops.mmm.cancel()
    recent = [entry.text for entry in bpy.context.scene.mmm.recent]
    assert recent[:2] == ["walk 7", f"walk {RECENT_TEXTS + 2}"]
    assert len(recent) == RECENT_TEXTS and len(set(recent)) == RECENT_TEXTS
    bpy.ops.mmm.use_text(text=recent[3])
    assert bpy.context.scene.mmm.text == recent[3]


def test_the_dice_never_rolls_the_same_seed_twice(addon: Any) -> None:
    rolled = []
    for _ in range(30):
        bpy.ops.mmm.randomize_seed()
        rolled.append(bpy.context.scene.mmm.seed)
    assert all(one != next_one for one, next_one in itertools.pairwise(rolled))
    assert max(rolled) <= requests.MAX_SEED


def test_unregistering_in_the_middle_of_a_job_ends_the_child(
    empty_scene: Any, fake_settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    from blender_mmm import preferences

    monkeypatch.setattr(preferences, "read_engine_settings", fake_settings)
    blender_mmm.register()
    generate("deaf")
    session = sessions.get_session()
    pump_until(lambda: session.queue.current is not None and session.queue.current.fraction > 0)
    pid = session.queue._engine.pid
    blender_mmm.unregister()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert sessions.find_session() is None and not bpy.app.timers.is_registered(sessions.tick)


SCRIPT = """
import sys, time
sys.path.insert(0, {root!r})
import bpy, blender_mmm
from blender_mmm import session
from blender_mmm.jobs.environment import EngineSettings
session.use_settings(lambda: EngineSettings(python={python!r}))
from blender_mmm.engine_door import requests
bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
target = session.JobTarget(None, 1, 24.0)
shared = session.get_session()
job = shared.submit(requests.GenerateRequest({text!r}, 2.0, {seed}), target)
{rest}
"""


def run_script(fake_python: str, text: str, rest: str, seed: int = 1) -> subprocess.Popen[str]:
    script = SCRIPT.format(root=str(ROOT), python=fake_python, text=text, seed=seed, rest=textwrap.dedent(rest))
    return subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_a_blender_that_quits_in_the_middle_of_a_job_leaves_no_child(fake_python: str) -> None:
    rest = """
    while job.fraction == 0: shared.pump(); time.sleep(0.01)
    print(shared.queue._engine.pid, flush=True)
    """
    quitter = run_script(fake_python, "deaf", rest)
    out, err = quitter.communicate(timeout=60)
    assert quitter.returncode == 0, err
    import os

    with pytest.raises(ProcessLookupError):
        os.kill(int(out.split()[-1]), 0)


def test_two_blenders_at_once(fake_python: str) -> None:
    rest = """
    shared.wait(job)
    print(job.state.value, shared.applied(job).report.last_frame, flush=True)
    session.close_session()
    sys.stdout.flush()
    __import__("os")._exit(0)  # Blender 4.5's module can hang in the interpreter's own exit
    """
    both = [run_script(fake_python, "slow walk", rest, seed) for seed in (1, 2)]
    for blender in both:
        out, err = blender.communicate(timeout=120)
        assert out.split()[-2:] == ["finished", "47"], err


def test_importing_needs_no_blender() -> None:
    script = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); sys.modules['bpy'] = None\n"
        "import blender_mmm, blender_mmm.jobs.job_queue, blender_mmm.jobs.environment\n"
        "print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
