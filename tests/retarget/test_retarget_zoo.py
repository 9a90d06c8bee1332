"""The same motion on every rig of the zoo: limbs, head, hands and feet as the source's, and back again."""

from __future__ import annotations

import pytest

from tests.retarget.motions import make_motion
from tests.retarget.quality import measure
from tests.retarget.zoo_rigs import bone_map, level_hands
from tests.zoo import ZOO, rest


@pytest.mark.parametrize("name", ZOO)
def test_motion_comes_over(name: str) -> None:
    quality = measure(make_motion(), rest(name), bone_map(name), level_hands(name))
    assert quality.limbs < 2.0
    assert quality.head < 5.0
    assert quality.hands < 5.0
    assert quality.feet < 5.0
    assert quality.euler < 90.0
    assert quality.backwards < 1.0
    assert quality.turn < 0.5
    assert quality.shift < 1e-3
