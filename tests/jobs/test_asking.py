"""What is asked, as the user sees it: titles, seeds, and a story as lines of text."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from blender_mmm.engine_door import clip as clips
from blender_mmm.engine_door import requests, skeleton
from blender_mmm.jobs.asking import text_of, title_of, verb_of, with_seed
from blender_mmm.jobs.story_text import StoryLine, to_segments, to_story_lines


def still(frames: int = 40) -> clips.MotionClip:
    rotations = np.zeros((frames, skeleton.JOINT_COUNT, 4))
    rotations[..., 0] = 1.0
    return clips.MotionClip(np.zeros((frames, 3)), rotations, np.zeros((frames, len(skeleton.CONTACT_JOINTS))))


STORY = requests.StoryRequest(
    (requests.Segment("walks", 2.0, 5), requests.Segment("sits", None, 9)), None, 3, 4, (7,)
).checked()
ASKED = {
    "generate": requests.GenerateRequest("walks", None, 3, 2),
    "fill": requests.FillRequest(still(), (requests.Gap(4, 8), requests.Gap(10, 14, "waves")), 3, 2),
    "part": requests.PartRequest(still(), "upper", 4, 9, "waves", 3, 2),
    "loop": requests.LoopRequest(still(), 0, 30, True, "", 3, 2),
    "story": STORY,
}


@pytest.mark.parametrize("kind", ASKED)
def test_every_request_has_a_title_and_a_name_for_its_undo_step(kind: str) -> None:
    assert title_of(ASKED[kind]).strip() and verb_of(ASKED[kind]).istitle()
    assert len({verb_of(request) for request in ASKED.values()}) == len(ASKED)


def test_titles_say_what_happens() -> None:
    assert title_of(STORY) == "walks, then sits" and text_of(STORY) == "walks; sits"
    assert title_of(ASKED["fill"]) == text_of(ASKED["fill"]) == "waves"
    assert text_of(ASKED["loop"]) == ""


@pytest.mark.parametrize("kind", ASKED)
def test_another_seed_changes_the_seed_and_nothing_else(kind: str) -> None:
    varied = with_seed(ASKED[kind], 1003)
    assert varied.seed == 1003 and varied.takes == 1
    same = {"seed": ASKED[kind].seed, "takes": ASKED[kind].takes}
    if kind == "story":
        assert [segment.seed for segment in varied.segments] == [1005, 1009] and varied.transition_seeds == (1007,)
        same |= {"segments": STORY.segments, "transition_seeds": STORY.transition_seeds}
    assert replace(varied, **same) == ASKED[kind]


def test_a_story_is_varied_as_its_takes_are() -> None:
    """Take 1 of the story is what the story with the next seed makes: every seed one more."""
    varied = with_seed(STORY, STORY.seed + 1)
    assert [segment.seed for segment in varied.segments] == [requests.take_seed(s.seed, 1) for s in STORY.segments]


def test_lines_become_segments() -> None:
    text = "# a morning\n\na person walks | 4\n  sits down|2.5 s\nwaves the left | right hand | 3s\r\nsleeps\n"
    assert to_story_lines(text) == (
        StoryLine("a person walks", 4.0),
        StoryLine("sits down", 2.5),
        StoryLine("waves the left | right hand", 3.0),
        StoryLine("sleeps", None),
    )
    assert to_story_lines("\n# nothing\n  \n") == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("walks\nsits | soon", ("Line 2", "soon", "number of seconds")),
        ("walks | ", ("Line 1", "number of seconds")),
        ("| 4", ("Line 1", "no text")),
        ("walks | 0", ("Line 1", "more than 0")),
        ("walks | nan", ("Line 1",)),
        ("walks | 0.2", ("Line 1", "at least")),
        ("walks | 9999", ("Line 1", "longest")),
    ],
)
def test_a_line_that_cannot_be_asked_for_is_named(text: str, words: tuple[str, ...]) -> None:
    with pytest.raises(requests.RequestError) as caught:
        to_story_lines(text)
    assert all(word in str(caught.value) for word in words), caught.value


def test_the_same_text_twice_is_not_the_same_motion_twice() -> None:
    first, second = to_segments((StoryLine("walks", None),) * 2, 11)
    assert first.seed == 11 and abs(second.seed - first.seed) >= requests.MAX_TAKES
