"""Motion to learn from is what passes its probe, made in other words than the probes', and legs stay what they were."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import Any

import numpy as np
import pytest

from engine.evaluation import choosing
from engine.evaluation.choosing import Search, choose
from engine.evaluation.measure_probes import reworded_probes
from engine.evaluation.probes import CLAPS, PROBES, probe_named
from engine.evaluation.sentences import REWORDED, taught
from engine.evaluation.variety import MOMENTS
from engine.features.mirrored_text import leads_left
from engine.training.own_motion import AMID, LONG
from engine.training.token_set import MIN_TOKENS

from ..editing.tiny import tiny_pipeline

TAUGHT = taught()
#: A motion's course, where only the others' being the same matters.
SAME = np.zeros((MOMENTS, 22, 3))


def test_no_sentence_judges_that_was_learnt_from() -> None:
    own = {probe.text for probe in (*PROBES, CLAPS)}
    taught, reworded = (set(chain.from_iterable(table.values())) for table in (TAUGHT, REWORDED))
    assert not taught & own and not taught & reworded and not reworded & own
    assert not any(map(leads_left, taught | reworded))
    assert set(TAUGHT) == set(REWORDED)
    named = {probe.name for probe in PROBES if probe.needed and "left" not in probe.name}
    assert named <= set(TAUGHT), "every probe but the mirror images"
    assert all(probe.text in REWORDED[probe.name[:-2]] for probe in reworded_probes())


def passing(monkeypatch: pytest.MonkeyPatch, passes: bool, *names: str) -> None:
    """All motion of these actions passes its probe, or none does."""
    least = -np.inf if passes else np.inf

    def with_bound(name: str) -> Any:
        return replace(probe_named(name), least=least, most=None)

    monkeypatch.setattr(choosing, "taught", lambda: {name: TAUGHT[name] for name in names})
    monkeypatch.setattr(choosing, "probe_named", with_bound)
    monkeypatch.setattr(choosing, "jolts", lambda joints: np.zeros(len(joints)))


@pytest.mark.parametrize("passes", [True, False])
def test_what_passes_is_kept_until_there_is_enough(monkeypatch: pytest.MonkeyPatch, passes: bool) -> None:
    passing(monkeypatch, passes, "throws")
    monkeypatch.setattr(choosing, "GESTURES", ())
    kinds = list(choose(tiny_pipeline(split=True, levels=2), Search(wanted=16, most=32, seed=0)))
    assert [chosen.name for chosen in kinds] == ["throws, long", "throws, short"]
    for chosen in kinds:
        assert (chosen.made, chosen.passed, len(chosen.best)) == ((16, 16, 8) if passes else (32, 0, 0))
        assert all(one.texts == TAUGHT["throws"] and not one.over_legs for one in chosen.best)
        assert all(one.passed == chosen.passed / chosen.made for one in chosen.best)
    lengths = [len(one.tokens) for one in kinds[1].best]
    assert all(MIN_TOKENS <= length <= 28 for length in lengths), "short ones stay short"


def test_the_strongest_and_surest_are_kept_but_some_of_a_rare_action_always() -> None:
    def passing_motion(number: int, strength: float, slides: float, jolt: float = 1.0) -> choosing._Passing:
        return choosing._Passing(np.full((1, 4), number), LONG, strength, slides, jolt, SAME)

    def kept(passing: list[choosing._Passing], wanted: int) -> set[int]:
        return {int(one.tokens[0, 0]) for one in choosing.best(passing, wanted)}

    strong = [passing_motion(number, number, 0.0) for number in range(10)]
    assert kept(strong, 4) == {6, 7, 8, 9}
    feet = [passing_motion(number, 1.0, 0.1 * number) for number in range(10)]
    assert kept(feet, 4) == {0, 1, 2, 3}
    calm = [passing_motion(number, 1.0, 0.0, 0.1 * number) for number in range(10)]
    assert kept(calm, 4) == {0, 1, 2, 3}
    assert len(choosing.best(strong, 8)) == 5, "half of what passes"
    assert len(choosing.best(strong[:3], 8)) == 3, "all of little"
    assert choosing.best([], 8) == []


def test_what_is_like_something_kept_gives_way_to_something_else() -> None:
    other = SAME + 0.5
    passing = [
        choosing._Passing(np.full((1, 4), number), LONG, strength, 0.0, 1.0, how)
        for number, (strength, how) in enumerate([(4.0, SAME), (3.0, SAME), (2.0, other), (1.0, other)])
    ]
    assert [int(one.tokens[0, 0]) for one in choosing.best(passing, 2)] == [0, 2]


def test_what_is_weak_is_not_kept_for_being_calm_and_unlike_the_rest() -> None:
    strong = [choosing._Passing(np.full((1, 4), 1), LONG, 10.0 + number, 0.1, 5.0, SAME) for number in range(4)]
    weak = [choosing._Passing(np.full((1, 4), 0), LONG, 1.0, 0.0, 0.1, SAME + number) for number in range(12)]
    assert [int(one.tokens[0, 0]) for one in choosing.best(weak + strong, 2, spare=8)] == [1, 1]


def test_over_all_legs_the_strongest_are_kept_however_strong_they_are_over_others() -> None:
    over = [(b"run", 100.0), (b"stand", 0.0)]
    passing = [
        choosing._Passing(np.full((1, 4), number), LONG, base + number, 0.0, 1.0, SAME, legs)
        for legs, base in over
        for number in range(8)
    ]
    kept = [(one.legs, one.tokens[0, 0]) for one in choosing.best(passing, 8)]
    assert sorted(kept) == [(legs, number) for legs, _ in over for number in range(4, 8)]


def test_gestures_are_made_as_edits_make_them(monkeypatch: pytest.MonkeyPatch) -> None:
    gestures = ("punches", "throws")
    passing(monkeypatch, True, *gestures)
    monkeypatch.setattr(choosing, "GESTURES", gestures)
    monkeypatch.setattr(choosing, "_BATCH", 4)
    monkeypatch.setattr(choosing, "tells_of_others", lambda bench, plans, part: named(plans[0].spans[0].text, "throws"))
    pipeline = tiny_pipeline(split=True, levels=2)
    lower = pipeline.workbench().layout.of_part("lower")
    legs = choosing._legs(pipeline, np.random.default_rng(0), ["a man stands"])
    monkeypatch.setattr(choosing, "_legs", lambda *args: legs)
    found = {chosen.name: chosen.best for chosen in choose(pipeline, Search(3, 16, 0))}
    given, ends = ({one[part, lower].tobytes() for one in legs} for part in (slice(None), slice(None, 2)))
    for gait in ("walking", "running", "standing"):
        for one in found[f"punches, {gait}"]:
            assert one.kind == gait and one.over_legs
            assert one.tokens[:, lower].astype(np.int64).tobytes() in given, "it goes with the legs it was made over"
        for one in found[f"throws, {gait}"]:
            assert one.kind == AMID + gait and not one.over_legs
            assert one.tokens[:, lower].astype(np.int64).tobytes() not in given, "its legs help with it"
            assert one.tokens[:2, lower].astype(np.int64).tobytes() in ends


def named(text: str, action: str) -> bool:
    """Whether a text is one of those that an action is taught with."""
    return text in TAUGHT[action]


def test_what_flips_over_is_not_chosen_however_strong(monkeypatch: pytest.MonkeyPatch) -> None:
    passing(monkeypatch, True, "throws")
    monkeypatch.setattr(choosing, "jolts", lambda joints: np.array([0.5, 12.0]))
    kinds = list(choose(tiny_pipeline(split=True, levels=2), Search(wanted=4, most=16, seed=0)))
    assert [chosen.passed for chosen in kinds] == [0] * 5


def test_most_of_the_waiting_goes_and_the_motion_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = tiny_pipeline(split=True, levels=2).workbench()
    tokens = np.arange(30)[:, None] * np.ones((1, 4), dtype=np.int64) % 8
    for waited, left in ((0, 30), (11, 30), (40, 22), (120, MIN_TOKENS)):
        monkeypatch.setattr(choosing, "still", lambda joints, until=waited: np.arange(len(joints)) < until)
        assert np.array_equal(choosing.begun(bench, tokens), tokens[-left:])
