"""Played inside a real Blender window: the whole use of the panel, with pictures and checks.

Start it as `blender --python scenario.py` with the extension installed and GUI_OUT naming a folder. Beside this file
must lie `extra/fake_engine.py`. A picture is asked for with an empty file GUI_OUT/shoot-NAME; whoever runs this takes
it and writes GUI_OUT/NAME.png. The outcome is GUI_OUT/result.json: {"passed": [...], "failed": [...]}.
"""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import bpy

MODULE = "bl_ext.user_default.blender_mmm"
OUT = Path(os.environ["GUI_OUT"])
EXTRA = Path(__file__).resolve().parent / "extra"
STEP = 0.1  # seconds between two looks
passed: list[str] = []
failed: list[str] = []


def check(what: str, holds: bool) -> None:
    (passed if holds else failed).append(what)


def session_module():
    return sys.modules[f"{MODULE}.session"]


def session():
    return session_module().get_session()


def settings():
    return bpy.context.scene.mmm


def set_up() -> None:
    program = OUT / "fake_python"
    start = f'exec {sys.executable} "{EXTRA / "fake_engine.py"}" "$@"'
    program.write_text(f"#!/bin/sh\nexport MMM_FAKE_STEP=1.5\n{start}\n")  # slow enough for a picture in between
    program.chmod(0o755)
    preferences = bpy.context.preferences
    preferences.addons[MODULE].preferences.engine_python = str(program)
    preferences.view.show_splash = False
    preferences.view.ui_scale = float(os.environ.get("GUI_SCALE", "1.0"))
    bpy.ops.object.select_all(action="SELECT")
    bpy.ops.object.delete()


def view() -> tuple[bpy.types.Area, bpy.types.Region]:
    area = next(a for a in bpy.context.window_manager.windows[0].screen.areas if a.type == "VIEW_3D")
    return area, next(r for r in area.regions if r.type == "WINDOW")


def show_tab() -> None:
    area, _ = view()
    area.spaces.active.show_region_ui = True


def choose_tab() -> None:
    area, _ = view()
    next(r for r in area.regions if r.type == "UI").active_panel_category = "MMM"
    area.spaces.active.shading.type = "SOLID"


def in_view(call: Callable[[], object]) -> object:
    area, region = view()
    with bpy.context.temp_override(window=bpy.context.window_manager.windows[0], area=area, region=region):
        return call()


def shoot(name: str) -> Iterator[float]:
    session_module().redraw_panels()
    yield 0.5
    (OUT / f"shoot-{name}").touch()
    while not (OUT / f"{name}.png").exists():
        yield STEP


def click(x: int, y: int) -> Iterator[float]:
    """A click at window pixels, origin top left."""
    order = OUT / f"click-{time.monotonic_ns()}"
    unfinished = OUT / "click~"
    unfinished.write_text(f"{x} {y}\n")
    unfinished.rename(order)
    while order.exists():
        yield STEP
    yield 0.5


def until(holds: Callable[[], bool], seconds: float = 60.0) -> Iterator[float]:
    give_up = time.monotonic() + seconds
    while not holds() and time.monotonic() < give_up:
        yield STEP
    check(f"in time: {holds.__name__}", holds())


def no_jobs() -> bool:
    return not session().jobs


def is_running() -> bool:
    current = session().queue.current
    return current is not None and current.fraction > 0.2


def is_made() -> bool:
    return bool(session().jobs) and session().jobs[0].fraction == 1.0


def generate(text: str, **values: object) -> None:
    for name, value in {"text": text, "use_auto_length": True, **values}.items():
        setattr(settings(), name, value)
    bpy.ops.ed.undo_push(message="Text")  # as the text box itself does
    in_view(bpy.ops.mmm.generate)


def armatures() -> list[bpy.types.Object]:
    return [obj for obj in bpy.data.objects if obj.type == "ARMATURE"]


def play() -> Iterator[float]:
    yield from open_tab()
    if os.environ.get("GUI_PLAY") == "picture":
        yield from take_picture()
    elif os.environ.get("GUI_PLAY") == "edits":
        generate("a person walks forward")
        yield from until(no_jobs)
        in_view(lambda: bpy.ops.view3d.view_selected())
        yield from edit_and_compare(armatures()[0])
    else:
        yield from use_everything()


def open_tab() -> Iterator[float]:
    yield from click(1500, 900)  # takes the splash screen away
    show_tab()
    yield 0.5
    choose_tab()


def take_picture() -> Iterator[float]:
    """The pictures of the user guide: a walk with edits and takes while the next motion is made, and a story."""
    generate("a person walks forward", use_auto_length=False, frames=96)
    yield from until(no_jobs)
    scene, edits = bpy.context.scene, settings().edits
    scene.frame_end = 96
    scene.frame_set(20)
    in_view(lambda: bpy.ops.view3d.view_axis(type="FRONT"))
    in_view(lambda: bpy.ops.view3d.view_orbit(angle=0.6, type="ORBITRIGHT"))
    in_view(lambda: bpy.ops.view3d.view_selected())
    edits.source = "MARKED"
    for first, last, text in ((21, 40, "stumbles"), (61, 80, "")):
        entry = edits.marked.add()
        entry.first, entry.last, entry.text = first, last, text
    settings().options.takes = 2
    in_view(bpy.ops.mmm.fill)
    yield from until(no_jobs)
    bpy.ops.mmm.dismiss_notice()
    edits.part_text = "a person waves the right hand, slow"
    in_view(bpy.ops.mmm.regenerate_part)
    edits.part_text = "a person waves the right hand"
    yield from until(is_running)
    yield from shoot("panel")
    in_view(lambda: bpy.ops.mmm.cancel())
    yield from until(no_jobs)
    yield from show_story()


def show_story() -> Iterator[float]:
    """Close the first three panels by their headers, open the story's."""
    for text in ("a person walks forward", "sits down", "gets up and waves", "dances"):
        in_view(lambda text=text: bpy.ops.mmm.add_story_line(text=text))
    settings().story.index, settings().options.takes = 1, 1
    in_view(bpy.ops.mmm.generate_story)
    yield from until(no_jobs)
    bpy.ops.mmm.dismiss_notice()
    for header in range(4):
        yield from click(1090, 101 + 28 * header)
    yield from click(1090, 129)
    yield from shoot("story")


def use_everything() -> Iterator[float]:
    yield from shoot("01_empty")
    settings().text = "a person walks forward and waves"
    yield from shoot("02_new_character")

    generate("a person walks forward, slow and tired", use_auto_length=False, frames=72)
    yield from until(is_running)
    yield from shoot("03_progress")
    yield from until(no_jobs)
    check("a character was made and animated", len(armatures()) == 1 and bool(armatures()[0].animation_data.action))
    in_view(lambda: bpy.ops.view3d.view_selected())
    yield from shoot("04_done")

    in_view(bpy.ops.ed.undo)
    yield 0.3
    check("one undo takes the character back", not armatures())
    in_view(bpy.ops.ed.redo)
    yield 0.3
    check("redo brings it again", len(armatures()) == 1)

    generate("a person sits down, slow", seed=7)
    generate("then slow gets up", seed=8)
    yield from until(is_running)
    yield from shoot("05_waiting")
    in_view(lambda: bpy.ops.mmm.cancel())
    yield from until(no_jobs)
    check("cancel left the first action", armatures()[0].animation_data.action.name.startswith("a person walks"))

    obj = armatures()[0]
    bpy.context.view_layer.objects.active = obj
    generate("a person runs")
    in_view(lambda: bpy.ops.object.mode_set(mode="EDIT"))
    yield from until(is_made)
    check("it waits in Edit Mode", len(session().jobs) == 1)
    yield from shoot("06_edit_mode")
    in_view(lambda: bpy.ops.object.mode_set(mode="OBJECT"))
    yield from until(no_jobs)
    check("and lands afterwards", obj.animation_data.action.name.startswith("a person runs"))

    yield from edit_and_compare(obj)

    generate("fail to walk")
    yield from until(no_jobs)
    yield from shoot("07_failed")
    generate("die while walking")
    yield from until(no_jobs)
    yield from shoot("08_died")

    settings().text = "walk " * 300
    yield from shoot("09_too_long_text")
    settings().text = "a person jumps"
    settings().use_auto_length, settings().frames = False, 400
    yield from shoot("10_too_long")
    data = bpy.data.armatures.new("Snake")
    snake = bpy.data.objects.new("Snake", data)
    bpy.context.collection.objects.link(snake)
    bpy.context.view_layer.objects.active = snake
    snake.select_set(True)
    settings().frames = 96
    yield from shoot("11_unmapped")
    bpy.context.view_layer.objects.active = armatures()[0]

    generate("slow walk")
    yield from until(is_running)
    bpy.ops.wm.read_homefile(use_factory_startup=False)
    yield from until(no_jobs)
    check("a new file drops the job", "file was opened" in session().notice.message)
    show_tab()
    yield 0.5
    choose_tab()
    generate("deaf walk")
    yield from until(lambda: session().queue.current is not None and session().queue.current.message != "")
    yield 1.0
    (OUT / "engine_pid").write_text(str(session().queue._engine.pid))


def edit_and_compare(obj: bpy.types.Object) -> Iterator[float]:
    """Fill, change a body part, loop, tell a story, and go back and forth between the takes."""
    scene, edits = bpy.context.scene, settings().edits
    scene.use_preview_range = True
    scene.frame_preview_start, scene.frame_preview_end = 12, 36
    edits.source, settings().options.takes = "PREVIEW", 2
    walk = obj.animation_data.action.name
    before = keys_outside(obj, 12, 36)
    in_view(bpy.ops.mmm.fill)
    yield from until(no_jobs)
    check("two takes beside the first", len(obj.mmm.takes) >= 3 and obj.animation_data.action.name != walk)
    check("keys outside the gap are the same", keys_outside(obj, 12, 36) == before)
    yield from shoot("12_filled")
    in_view(bpy.ops.ed.undo)
    yield 0.3
    obj = armatures()[0]
    check("one undo takes both back", obj.animation_data.action.name == walk)
    in_view(bpy.ops.ed.redo)
    yield 0.3
    obj = armatures()[0]

    settings().options.takes = 1
    settings().edits.part_text = "a person waves the right hand"
    in_view(bpy.ops.mmm.regenerate_part)
    yield from until(no_jobs)
    check("a part was made", "right hand" in obj.animation_data.action.name)
    in_view(bpy.ops.mmm.vary)
    yield from until(no_jobs)
    settings().edits.loop_in_place = True
    in_view(bpy.ops.mmm.make_loop)
    yield from until(no_jobs)
    check("a loop was made", "Loop" in obj.animation_data.action.name)
    for text in ("a person walks forward", "then sits down", "gets up and waves"):
        in_view(lambda text=text: bpy.ops.mmm.add_story_line(text=text))
    in_view(bpy.ops.mmm.generate_story)
    yield from until(no_jobs)
    check("a story was told", len(bpy.context.scene.timeline_markers) == 3)
    in_view(lambda: bpy.ops.mmm.reroll_story(piece="SEGMENT", index=1))
    yield from until(no_jobs)
    yield from shoot("13_takes")
    chosen = next(n for n, take in enumerate(obj.mmm.takes) if "right hand" in take.action.name)
    obj.mmm.take_index = chosen
    yield from show_dope_sheet()
    yield from shoot("14_dope_sheet")
    check("a click on a take shows it", obj.animation_data.action == obj.mmm.takes[chosen].action)


def keys_outside(obj: bpy.types.Object, first: int, last: int) -> list[tuple[object, ...]]:
    action = obj.animation_data.action
    curves = action.layers[0].strips[0].channelbag(obj.animation_data.action_slot).fcurves
    return [
        (curve.data_path, curve.array_index, tuple(key.co))
        for curve in curves
        for key in curve.keyframe_points
        if not first <= key.co.x <= last
    ]


def show_dope_sheet() -> Iterator[float]:
    """The Dope Sheet with its sidebar in the place of the Timeline, tall enough to see."""
    screen = bpy.context.window_manager.windows[0].screen
    area = next(a for a in screen.areas if a.type == "DOPESHEET_EDITOR")
    area.ui_type = "DOPESHEET"
    yield 0.5
    area.spaces.active.show_region_ui = True
    yield 0.5
    next(r for r in area.regions if r.type == "UI").active_panel_category = "MMM"
    window = next(r for r in area.regions if r.type == "WINDOW")
    with bpy.context.temp_override(window=bpy.context.window_manager.windows[0], area=area, region=window):
        bpy.ops.action.view_all()


def finish() -> None:
    (OUT / "result.json").write_text(json.dumps({"passed": passed, "failed": failed}, indent=1))
    bpy.ops.wm.quit_blender()


_steps = None


def advance() -> float | None:
    global _steps
    try:
        if _steps is None:
            set_up()
            _steps = play()
        return next(_steps)
    except StopIteration:
        finish()
    except Exception:
        failed.append(traceback.format_exc())
        finish()
    return None


bpy.app.timers.register(advance, first_interval=2.0, persistent=True)
