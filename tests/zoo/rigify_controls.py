"""The controls Rigify generates from its human meta-rig, with the helper bones between and beside them."""

from __future__ import annotations

from typing import Final

from .places import Stance
from .species import Species

_ARM: Final = (("upper_arm", "shoulder", "elbow"), ("forearm", "elbow", "wrist"), ("hand", "wrist", "knuckle"))
_LEG: Final = (("thigh", "hip", "knee"), ("shin", "knee", "ankle"), ("foot", "ankle", "ball"), ("toe", "ball", "toe"))


def _limb(owner: str, segments: tuple[tuple[str, str, str], ...]) -> str:
    """Lines of a limb: the ORG chain, the FK chain, deformers, tweaks and the IK chain."""
    first, start, end = segments[0]
    lines = [
        f"{first}_parent.~ | {owner} | {start} | {start}>{end} 0.3",
        f"MCH-{first}_parent.~ | {owner} | {start} | {start} + 0 0.1 0",
        f"MCH-{first}_ik_swing.~ | MCH-{first}_parent.~ | {start} | {start}>{end} 0.3",
    ]
    original, control, solver = owner, f"MCH-{first}_parent.~", f"MCH-{first}_ik_swing.~"
    deforming = owner
    for number, (name, head, tail) in enumerate(segments):
        lines.append(f"ORG-{name}.~ | {original} | {head} | {tail}")
        original = f"ORG-{name}.~"
        if number >= 2:
            lines.append(f"MCH-{name}_fk.~ | {control} | {head} | {head}>{tail} 0.2")
            control = f"MCH-{name}_fk.~"
        lines.append(f"{name}_fk.~ | {control} | {head} | {tail}")
        control = f"{name}_fk.~"
        lines.append(f"DEF-{name}.~ | {deforming} | {head} | {head}>{tail} {0.5 if number < 2 else 1.0}")
        deforming = f"DEF-{name}.~"
        if number < 2:
            lines.append(f"DEF-{name}.~.001 | {deforming} | {head}>{tail} 0.5 | {tail}")
            deforming = f"DEF-{name}.~.001"
            lines.append(f"{name}_tweak.~ | ORG-{name}.~ | {head} | {head}>{tail} 0.25")
            lines.append(f"{'' if number == 0 else 'MCH-'}{name}_ik.~ | {solver} | {head} | {tail}")
            solver = f"{'' if number == 0 else 'MCH-'}{name}_ik.~"
    last, place, beyond = segments[2]
    lines.append(f"MCH-{last}_ik.parent.~ | - | {place} | {place} + 0 0.05 0")
    lines.append(f"{last}_ik.~ | MCH-{last}_ik.parent.~ | {place} | {beyond}")
    lines.append(f"MCH-{first}_ik_target.~ | {last}_ik.~ | {place} | {beyond}")
    lines.append(f"{first}_ik_target.~ | - | {end} + 0 0.5 0 | {end} + 0 0.45 0")
    return "\n".join(lines)


GENERATED_RIGIFY: Final = Species(
    name="rigify_generated",
    family="Generated Rigify rig",
    bones=f"""
root | - | ground | ground + 0 0.9 0
DEF-spine | - | pelvis | back 0.2
DEF-spine.001 | DEF-spine | back 0.2 | back 0.4
DEF-spine.002 | DEF-spine.001 | back 0.4 | back 0.65
DEF-spine.003 | DEF-spine.002 | back 0.65 | neck
DEF-spine.004 | DEF-spine.003 | neck | neck>head 0.5
DEF-spine.005 | DEF-spine.004 | neck>head 0.5 | head
DEF-spine.006 | DEF-spine.005 | head | top
MCH-torso.parent | - | back 0.1 | back 0.1 + 0 0.1 0
torso | MCH-torso.parent | back 0.1 | back 0.1 + 0 0.4 0
hips | torso | back 0.4 | back 0.4 + 0 0.15 0
chest | torso | back 0.4 | back 0.4 + 0 0.2 0
MCH-spine.001 | torso | back 0.4 | back 0.4 + 0 0.06 0
spine_fk.001 | MCH-spine.001 | back 0.4 | back 0.6
MCH-spine | spine_fk.001 | back 0.2 | back 0.2 + 0 0.06 0
spine_fk | MCH-spine | back 0.2 | back 0.4
tweak_spine | spine_fk | pelvis | back 0.1
ORG-spine | tweak_spine | pelvis | back 0.2
ORG-pelvis.~ | ORG-spine | pelvis | pelvis + 0.11 -0.05 0.12
tweak_spine.001 | spine_fk | back 0.2 | back 0.3
ORG-spine.001 | tweak_spine.001 | back 0.2 | back 0.4
MCH-spine.002 | torso | back 0.4 | back 0.4 + 0 0.06 0
spine_fk.002 | MCH-spine.002 | back 0.4 | back 0.65
MCH-pivot | spine_fk.002 | back 0.4 | back 0.5
tweak_spine.002 | MCH-pivot | back 0.4 | back 0.5
ORG-spine.002 | tweak_spine.002 | back 0.4 | back 0.65
MCH-spine.003 | spine_fk.002 | back 0.65 | back 0.65 + 0 0.06 0
spine_fk.003 | MCH-spine.003 | back 0.65 | neck
tweak_spine.003 | spine_fk.003 | back 0.65 | back 0.8
ORG-spine.003 | tweak_spine.003 | back 0.65 | neck
ORG-spine.004 | spine_fk.003 | neck | neck>head 0.5
ORG-spine.005 | ORG-spine.004 | neck>head 0.5 | head
ORG-spine.006 | ORG-spine.005 | head | top
MCH-ROT-neck | spine_fk.003 | neck | neck + 0 0.06 0
neck | MCH-ROT-neck | neck | head
MCH-ROT-head | neck | head | head + 0 0.15 0
head | MCH-ROT-head | head | top
ORG-face | ORG-spine.006 | head | head>top 0.4
jaw_master | ORG-face | jaw | chin
ORG-breast.~ | ORG-spine.003 | breast | nipple
breast.~ | ORG-spine.003 | breast | nipple
ORG-shoulder.~ | ORG-spine.003 | collar | shoulder
shoulder.~ | ORG-spine.003 | collar | shoulder
DEF-shoulder.~ | ORG-shoulder.~ | collar | shoulder
{_limb("ORG-shoulder.~", _ARM)}
@fingers | ORG-hand.~ | {{f}}.0{{n}}.~ | thumb,f_index,f_middle,f_ring,f_pinky | 1 | 3
{_limb("ORG-spine", _LEG)}
ORG-heel.02.~ | ORG-foot.~ | heel + -0.04 0 0 | heel + 0.04 0 0
""",
    trunk="torso,-,spine_fk.002,spine_fk.003,neck,head",
    limbs="thigh_fk.~,shin_fk.~,foot_fk.~,toe_fk.~,shoulder.~,upper_arm_fk.~,forearm_fk.~,hand_fk.~",
    sides=("L", "R"),
    stance=Stance(arm_drop=30.0, elbow_bend=10.0),
)
