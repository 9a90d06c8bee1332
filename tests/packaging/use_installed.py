"""Run by the packaging tests in a fresh Blender of some version: install the zip, use it, disable it.

    python use_installed.py ZIP ENGINE_PYTHON TEXT      (BLENDER_USER_RESOURCES names an empty folder)

Prints one JSON line; an assertion that fails ends it with a traceback.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import bpy

MODULE = "bl_ext.user_default.blender_mmm"


def main(zip_file: str, engine_python: str, text: str) -> None:
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    bpy.ops.preferences.addon_enable(module="bl_pkg")
    before = take_stock()
    bpy.ops.extensions.package_install_files(filepath=zip_file, repo="user_default", enable_on_install=True)
    assert MODULE in bpy.context.preferences.addons, "installed but not enabled"
    told = use(engine_python, text)
    bpy.ops.preferences.addon_disable(module=MODULE)
    assert not is_running(told["pid"]), "the engine outlived the extension"
    after = take_stock()
    assert after == before, f"left behind: { {key: after[key] ^ before[key] for key in before} }"
    bpy.ops.preferences.addon_enable(module=MODULE)  # and again: nothing of the first time is in the way
    bpy.ops.preferences.addon_disable(module=MODULE)
    assert take_stock() == before
    print(json.dumps({"version": bpy.app.version_string, **told}), flush=True)


def use(engine_python: str, text: str) -> dict[str, object]:
    session_module = sys.modules[f"{MODULE}.session"]
    door = sys.modules[f"{MODULE}.engine_door"]
    home = Path(door.ENGINE_HOME)
    assert home == Path(sys.modules[MODULE].__file__).parent, "the engine is not the installed one"
    assert (home / "engine").is_dir() and not (home / "engine" / "training").exists()
    bpy.context.preferences.addons[MODULE].preferences.engine_python = engine_python
    scene = bpy.context.scene
    scene.mmm.text, scene.mmm.seed, scene.mmm.use_auto_length, scene.mmm.frames = text, 5, False, 48
    keys = []
    for start in (1, 101):  # first a new character, then the active armature
        scene.frame_set(start)
        assert bpy.ops.mmm.generate() == {"FINISHED"}
        session = session_module.get_session()
        job = session.wait(session.jobs[0], 180)
        assert job.failure is None, str(job.failure) + job.failure.detail
        keys.append([int(frame) for frame in bpy.context.object.animation_data.action.frame_range])
    armatures = [obj for obj in bpy.data.objects if obj.type == "ARMATURE"]
    assert len(armatures) == 1, "the second motion did not go onto the active armature"
    assert "torch" not in sys.modules, "torch came into Blender's process"
    return {"keys": keys, "pid": session.queue._engine.pid}


def take_stock() -> dict[str, set[str]]:
    """What an extension could leave behind."""
    handlers = {
        f"{name}:{getattr(h, '__name__', h)}"
        for name in dir(bpy.app.handlers)
        if isinstance(getattr(bpy.app.handlers, name), list)
        for h in getattr(bpy.app.handlers, name)
    }
    return {
        "types": set(dir(bpy.types)),
        "scene": set(dir(bpy.types.Scene)),
        "operators": {f"{group}.{name}" for group in dir(bpy.ops) for name in dir(getattr(bpy.ops, group))},
        "handlers": handlers,
    }


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    main(*sys.argv[1:])
    # bpy 4.2 as a module crashes while Python ends if any property ever had an update function, ours or not.
    os._exit(0)
