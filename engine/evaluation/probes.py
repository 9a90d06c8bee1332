"""Semantic probes: does a sentence give the motion a person would expect? Judged on joints alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from ..motion.clip import MotionClip
from . import actions
from .figure import Figure
from .variety import apart


@dataclass(frozen=True)
class Probe:
    """A sentence, what is measured of each motion, and when a motion counts as right."""

    name: str
    text: str
    measure: Callable[[Figure], float]
    unit: str
    least: float | None  # the measure must reach this,
    most: float | None  # or must not pass this
    needed: int  # of ten
    captions: str = ""  # pattern of captions that name the action, to try the probe on real motion

    def passes(self, value: float) -> bool:
        """Whether a motion of this measure counts as right."""
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)


@dataclass(frozen=True)
class ProbeResult:
    """What the seeds of one probe gave."""

    probe: Probe
    values: tuple[float, ...]
    apart: float = float("nan")  # how unlike one another the motions are, as of variety.apart

    @property
    def passed(self) -> int:
        """Seeds that count as right."""
        return sum(self.probe.passes(value) for value in self.values)

    @property
    def median(self) -> float:
        """Middle value over the seeds."""
        return float(np.median(self.values))


def _at_least(
    name: str, text: str, measure: Callable[[Figure], float], unit: str, least: float, captions: str, needed: int = 9
) -> Probe:
    return Probe(name, text, measure, unit, least, None, needed, captions)


def _at_most(
    name: str, text: str, measure: Callable[[Figure], float], unit: str, most: float, captions: str, needed: int = 9
) -> Probe:
    return Probe(name, text, measure, unit, None, most, needed, captions)


_WALKS: Final = r"\bwalk(s|ing)? (straight )?forwards?\b"
_RUNS: Final = r"\b(runs|running|sprints)\b"
_LIMB: Final = r"(leg|foot)"

PROBES: Final = (
    _at_least("walks forward", "a person walks forward", Figure.forward_speed, "m/s", 0.4, _WALKS),
    _at_most(
        "walks backwards", "a person walks backwards", Figure.forward_speed, "m/s", -0.1,
        r"^(?!.*\bforward).*\b(walk|step)(s|ing)? backwards?\b",
    ),
    _at_least("jumps", "a person jumps", actions.lift, "m", 0.15, r"\b(jumps|jumping|leaps)\b"),
    _at_least(
        "turns left", "a person turns left", actions.left_turn, "deg", 30.0,
        r"^(?!.*(right|around|counter)).*\bturn(s|ing)? (to the )?left\b",
    ),
    _at_most(
        "turns right", "a person turns right", actions.left_turn, "deg", -30.0,
        r"^(?!.*(left|around|counter)).*\bturn(s|ing)? (to the )?right\b",
    ),
    _at_least(
        "waves the right hand", "a person waves the right hand", actions.right_wave, "x left", 1.0,
        r"\bwav\w+ .{0,12}right (hand|arm)|right (hand|arm).{0,10} wav",
    ),
    _at_least(
        "sits down", "a person sits down", actions.drop, "m", 0.2,
        r"^(?!.*\b(stands?|gets?|back) ?(back )?up).*\bsits? down",
    ),
    _at_least("runs", "a person runs", Figure.forward_speed, "m/s", 1.0, _RUNS, needed=0),
    _at_least("walks", "a person walks", Figure.forward_speed, "m/s", 0.4, _WALKS, needed=0),
    # Beside the mean: a run that starts and ends standing is slow in the mean and still a run.
    _at_least("runs (top speed)", "a person runs", Figure.top_speed, "m/s", 2.0, _RUNS),
    _at_most("walks (top speed)", "a person walks", Figure.top_speed, "m/s", 2.0, _WALKS, needed=0),
    _at_least("throws", "a person throws a ball", actions.throw, "m/s", 2.0, r"\b(throw|toss)"),
    _at_least(
        "kicks left", "a person kicks with the left leg", actions.left_kick, "m", 0.2,
        rf"^(?!.*\bright\b).*(kick(s|ing)?\b.{{0,25}}\bleft {_LIMB}|left {_LIMB} kick)",
    ),
    _at_least(
        "kicks right", "a person kicks with the right leg", actions.right_kick, "m", 0.2,
        rf"^(?!.*\bleft\b).*(kick(s|ing)?\b.{{0,25}}\bright {_LIMB}|right {_LIMB} kick)",
    ),
    _at_least("punches", "a person throws punches", actions.punch, "m/s", 1.5, r"punch|boxing|\bjabs"),
    _at_least("crouches", "a person crouches down", actions.knee_bend, "deg", 65.0, r"crouch|squat"),
    _at_least(
        "climbs", "a person climbs up stairs", actions.climb, "m", 0.35,
        r"climb(s|ing)? (up|the|some|a)|up.{0,12}(stairs|ladder)",
    ),
    _at_least("dances", "a person dances", actions.wandering, "rad/s", 1.6, r"danc|salsa|waltz"),
    _at_least("swims", "a person swims", actions.hand_sweep, "m", 0.64, r"swim|breast ?stroke"),
    _at_most(
        "picks up", "a person bends down and picks something up", actions.low_hand, "m", 0.5,
        r"pick(s|ing)? .{0,20}(up|off)\b.*\b(ground|floor)|bends? .{0,20}pick",
    ),
    _at_least("spins", "a person spins around", actions.spin, "deg", 250.0, r"\b(spin|twirl|pirou)"),
    _at_least(
        "side-steps left", "a person side steps to the left", actions.left_drift, "x ahead", 0.2,
        r"^(?!.*\bright\b).*(side ?step|sideways|(steps?|walks?) (sideways )?to).{0,12}\bleft",
    ),
    _at_most(
        "side-steps right", "a person side steps to the right", actions.left_drift, "x ahead", -0.2,
        r"^(?!.*\bleft\b).*(side ?step|sideways|(steps?|walks?) (sideways )?to).{0,12}\bright",
    ),
    _at_least("stretches", "a person stretches their arms", actions.arm_spread, "m", 0.33, r"stretch"),
    _at_least(
        "raises both arms", "a person raises both arms", actions.both_hands_up, "m", -0.08,
        r"(raises?|lifts?) (both )?(of )?(his|her|their)? ?(arms|hands)\b|both (arms|hands) (up|over|above)",
    ),
    _at_least("cartwheels", "a person does a cartwheel", actions.upside_down, "m", 0.4, r"cartwheel|hand ?stand"),
    _at_most("crawls", "a person crawls on the ground", actions.head_height, "m", 1.1, r"crawl"),
    _at_least("bends down", "a person bends down", actions.bow, "deg", 58.0, r"\bbends? (down|over|forward)"),
    _at_least("turns around", "a person turns around", actions.about_turn, "deg", 100.0, r"\bturns? around\b"),
    _at_least(
        "balances on one foot", "a person balances on one leg", actions.one_foot, "m", 0.12,
        r"(stand|balanc|hop)\w* on (one|(his|her|their)? ?(right|left)) (leg|foot)",
    ),
    _at_most("drinks", "a person takes a drink", actions.hand_to_mouth, "m", 0.29, r"\bdrink"),
)  # fmt: skip

#: Beside the table: an action that only arms do.
CLAPS: Final = _at_least("claps", "a person claps their hands", actions.claps, "times", 2.0, r"\bclap", needed=8)


def probe_named(name: str) -> Probe:
    """A probe of the table, or the one for clapping."""
    return next(probe for probe in (*PROBES, CLAPS) if probe.name == name)


def judge(probe: Probe, clips: Sequence[MotionClip]) -> ProbeResult:
    """Measure the motions a probe's text gave."""
    figures = [Figure.of_clip(clip) for clip in clips]
    return ProbeResult(probe, tuple(map(probe.measure, figures)), apart(figures))


def run_over_walk(results: Sequence[ProbeResult], measured: str = "") -> float:
    """How many times faster running is than walking, by medians; measured: "" or " (top speed)"."""
    medians = {result.probe.name: result.median for result in results}
    return medians["runs" + measured] / max(medians["walks" + measured], 1e-6)
