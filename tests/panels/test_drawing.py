"""Every panel draws in every state of the scene, and names only operators and properties that exist."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

bpy = pytest.importorskip("bpy")


class Layout:
    """Takes down what is drawn on it; raises where Blender would."""

    def __init__(self, said: list[str]) -> None:
        self.__dict__["said"] = said

    def __setattr__(self, name: str, value: object) -> None:
        assert name in bpy.types.UILayout.bl_rna.properties, name

    def _sub(self, **_: object) -> Layout:
        return Layout(self.said)

    row = column = box = split = _sub

    def separator(self, **_: object) -> None:
        pass

    def panel(self, idname: str, default_closed: bool = False) -> tuple[Layout, Layout]:
        return Layout(self.said), Layout(self.said)

    def label(self, text: str = "", icon: str = "NONE", **_: object) -> None:
        check_icon(icon)
        self.said.append(text)

    def prop(self, data: Any, name: str, icon: str = "NONE", **_: object) -> None:
        assert name in data.bl_rna.properties, name
        check_icon(icon)
        self.said.append(f"{name}={getattr(data, name)}")

    def prop_search(self, data: Any, name: str, search: Any, found: str, icon: str = "NONE", **_: object) -> None:
        assert found in search.bl_rna.properties, found
        self.prop(data, name, icon)

    def operator(self, idname: str, text: str = "", icon: str = "NONE", **_: object) -> Any:
        module, name = idname.split(".")
        kind = getattr(bpy.types, f"{module.upper()}_OT_{name}")
        check_icon(icon)
        self.said.append(idname)
        return Arguments(kind)

    def operator_menu_enum(self, idname: str, name: str, text: str = "", icon: str = "NONE", **_: object) -> None:
        setattr(self.operator(idname, text, icon), name, None)

    def menu(self, idname: str, icon: str = "NONE", **_: object) -> None:
        assert hasattr(bpy.types, idname)
        check_icon(icon)

    def progress(self, factor: float, text: str, type: str) -> None:
        assert 0 <= factor <= 1
        self.said.append(text)

    def template_list(self, kind: str, _: str, data: Any, name: str, active: Any, index: str, rows: int) -> None:
        assert index in active.bl_rna.properties
        for number, item in enumerate(getattr(data, name)):
            draw = getattr(bpy.types, kind).draw_item
            draw(None, bpy.context, Layout(self.said), data, item, 0, active, index, number)


class Arguments:
    """What an operator button is given."""

    def __init__(self, kind: Any) -> None:
        self.__dict__["kind"] = kind

    def __setattr__(self, name: str, value: object) -> None:
        assert name in self.kind.__annotations__, f"{self.kind.bl_idname} has no {name}"


def check_icon(icon: str) -> None:
    icons = bpy.types.UILayout.bl_rna.functions["prop"].parameters["icon"].enum_items
    assert icon in icons, icon


def draw_all() -> str:
    """Everything the sidebar says."""
    from blender_mmm import panels

    said: list[str] = []
    for kind in panels.CLASSES:
        if not issubclass(kind, bpy.types.Panel) or not kind.__module__.startswith("blender_mmm"):
            continue
        if hasattr(kind, "poll") and not kind.poll(bpy.context):
            continue
        names = ("scene", "active_object", "object", "view_layer", "preferences", "window_manager")
        context = SimpleNamespace(**{name: getattr(bpy.context, name) for name in names})
        context.region = SimpleNamespace(width=300)
        context.space_data = SimpleNamespace(type=kind.bl_space_type)
        kind.draw(SimpleNamespace(layout=Layout(said)), context)
    return "\n".join(said)


def make_walker() -> Any:
    from blender_mmm import apply, session

    obj = apply.create_character(bpy.context)
    bpy.context.scene.mmm.text = "a person walks"
    bpy.ops.mmm.generate()
    shared = session.get_session()
    shared.wait(shared.jobs[0])
    return obj


def test_an_empty_scene(addon: Any) -> None:
    said = draw_all()
    assert "A new character will be made" in said and "mmm.generate" in said and "mmm.vary" not in said


def test_a_character_with_takes_and_a_story(addon: Any) -> None:
    obj = make_walker()
    for text in ("walks", "sits"):
        bpy.ops.mmm.add_story_line(text=text)
    bpy.context.scene.mmm.story.lines[0].use_auto_length = False
    bpy.context.scene.mmm.story.index = 0
    bpy.context.scene.mmm.options.key_mode = "REDUCED"
    said = draw_all()
    assert "text=walks" in said and "4.0 s" in said and "auto" in said and "key_error" in said
    assert "mmm.vary" in said and f"name={obj.animation_data.action.name}" in said and "mmm.reroll_story" in said
    bpy.data.actions.remove(obj.animation_data.action)
    assert "deleted" in draw_all()


@pytest.mark.parametrize("source", ["KEYS", "PREVIEW", "ACTION", "MARKED"])
def test_every_source_of_frames(addon: Any, source: str) -> None:
    make_walker()
    settings = bpy.context.scene.mmm.edits
    settings.source = source
    assert "mmm.fill" in draw_all()
    bpy.ops.mmm.mark_ranges()
    bpy.context.scene.use_preview_range = True
    bpy.context.scene.frame_preview_start, bpy.context.scene.frame_preview_end = 11, 20
    said = draw_all()
    if source == "PREVIEW":
        assert "11 to 20" in said
    if source == "MARKED":
        assert "first=1" in said


def test_running_waiting_and_failed_jobs(addon: Any) -> None:
    from blender_mmm import session

    shared = session.get_session()
    for text in ("slow walk", "slow run"):
        bpy.context.scene.mmm.text = text
        bpy.ops.mmm.generate()
    shared.pump()
    assert "Next: slow run" in draw_all()
    bpy.ops.mmm.cancel()
    bpy.context.scene.mmm.text = "fail"
    bpy.ops.mmm.generate()
    shared.wait(shared.jobs[-1])
    assert "Ask for something else." in draw_all()


def test_confidence_is_a_row_of_bars() -> None:
    from blender_mmm.panels.confidence_strip import SURE, UNSURE, to_colour
    from blender_mmm.panels.takes_panel import BARS, to_bars
    from blender_mmm.session.takes import to_digits

    assert to_digits([0.0, 0.5, 1.0, float("nan"), 7.0]) == "04909"
    assert to_bars("09", 20) == BARS[0] + BARS[9]
    long = to_bars("9" * 300 + "0" + "9" * 300, 20)
    assert len(long) <= 20 and long.count(BARS[0]) == 1, "the one unsure block is not shown"
    assert to_colour(0) == pytest.approx(UNSURE) and to_colour(9) == pytest.approx(SURE)
