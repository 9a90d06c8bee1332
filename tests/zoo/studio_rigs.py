"""Rigs of character makers and Blender's own: Rigify, MakeHuman, Daz."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from .game_rigs import UE4
from .places import Stance
from .species import Species, renamed

RIGIFY: Final = Species(
    name="rigify_metarig",
    family="Rigify human meta-rig",
    bones="""
spine | - | pelvis | back 0.2
spine.001 | spine | back 0.2 | back 0.4
spine.002 | spine.001 | back 0.4 | back 0.65
spine.003 | spine.002 | back 0.65 | neck
spine.004 | spine.003 | neck | neck>head 0.5
spine.005 | spine.004 | neck>head 0.5 | head
spine.006 | spine.005 | head | top
face | spine.006 | head | head>top 0.4
nose | face | nose + 0 0.03 0.03 | nose
jaw | face | jaw | chin
eye.~ | face | eye | eye + 0 -0.02 0
ear.~ | face | eye + 0.05 0.07 0 | eye + 0.06 0.08 0.03
pelvis.~ | spine | pelvis | pelvis + 0.11 -0.05 0.12
breast.~ | spine.003 | breast | nipple
shoulder.~ | spine.003 | collar | shoulder
upper_arm.~ | shoulder.~ | shoulder | elbow
forearm.~ | upper_arm.~ | elbow | wrist
hand.~ | forearm.~ | wrist | palm
palm.01.~ | hand.~ | palm | finger1
palm.02.~ | hand.~ | palm + 0 0.01 0 | finger2
palm.03.~ | hand.~ | palm + 0 0.02 0 | finger3
palm.04.~ | hand.~ | palm + 0 0.03 0 | finger4
@fingers | palm.01.~ | {f}.0{n}.~ | thumb,f_index | 1 | 3
thigh.~ | spine | hip | knee
shin.~ | thigh.~ | knee | ankle
foot.~ | shin.~ | ankle | ball
toe.~ | foot.~ | ball | toe
heel.02.~ | foot.~ | heel + -0.04 0 0 | heel + 0.04 0 0
""",
    trunk="spine,spine.001,spine.002,spine.003,spine.004,spine.006",
    limbs="thigh.~,shin.~,foot.~,toe.~,shoulder.~,upper_arm.~,forearm.~,hand.~",
    sides=("L", "R"),
    stance=Stance(arm_drop=30.0, elbow_bend=10.0),
    rolls=True,
)

MAKEHUMAN: Final = Species(
    name="makehuman_default",
    family="MakeHuman / MPFB default",
    bones="""
root | - | pelvis | back 0.05
pelvis.~ | root | pelvis | hip
upperleg01.~ | pelvis.~ | hip | hip>knee 0.5
upperleg02.~ | upperleg01.~ | hip>knee 0.5 | knee
lowerleg01.~ | upperleg02.~ | knee | knee>ankle 0.5
lowerleg02.~ | lowerleg01.~ | knee>ankle 0.5 | ankle
foot.~ | lowerleg02.~ | ankle | ball
toe1-1.~ | foot.~ | ball + -0.03 0 0 | toe + -0.03 0.04 0
toe1-2.~ | toe1-1.~ | toe + -0.03 0.04 0 | toe + -0.03 0 0
toe2-1.~ | foot.~ | ball | toe + 0 0.05 0
toe2-2.~ | toe2-1.~ | toe + 0 0.05 0 | toe
toe3-1.~ | foot.~ | ball + 0.02 0.01 0 | toe + 0.02 0.03 0
toe5-1.~ | foot.~ | ball + 0.04 0.03 0 | toe + 0.04 0.05 0
spine05 | root | back 0.05 | back 0.2
spine04 | spine05 | back 0.2 | back 0.38
spine03 | spine04 | back 0.38 | back 0.58
spine02 | spine03 | back 0.58 | back 0.8
spine01 | spine02 | back 0.8 | neck
breast.~ | spine02 | breast | nipple
clavicle.~ | spine01 | collar | collar>shoulder 0.6
shoulder01.~ | clavicle.~ | collar>shoulder 0.6 | shoulder
upperarm01.~ | shoulder01.~ | shoulder | shoulder>elbow 0.5
upperarm02.~ | upperarm01.~ | shoulder>elbow 0.5 | elbow
lowerarm01.~ | upperarm02.~ | elbow | elbow>wrist 0.5
lowerarm02.~ | lowerarm01.~ | elbow>wrist 0.5 | wrist
wrist.~ | lowerarm02.~ | wrist | palm
metacarpal1.~ | wrist.~ | palm | finger1
metacarpal4.~ | wrist.~ | palm + 0 0.02 0 | finger4
finger1-1.~ | wrist.~ | finger0 | tip0
finger2-1.~ | metacarpal1.~ | finger1 | finger1>tip1 0.5
finger2-2.~ | finger2-1.~ | finger1>tip1 0.5 | tip1
finger5-1.~ | metacarpal4.~ | finger4 | tip4
neck01 | spine01 | neck | neck>head 0.35
neck02 | neck01 | neck>head 0.35 | neck>head 0.7
neck03 | neck02 | neck>head 0.7 | head
head | neck03 | head | top
jaw | head | jaw | chin
special04 | jaw | chin + 0 0.02 0.01 | chin
eye.~ | head | eye | eye + 0 -0.02 0
""",
    trunk="root,spine05,spine03,spine01,neck01,head",
    limbs="upperleg01.~,lowerleg01.~,foot.~,-,clavicle.~,upperarm01.~,lowerarm01.~,wrist.~",
    sides=("L", "R"),
    stance=Stance(arm_drop=42.0, elbow_bend=8.0, leg_spread=6.0),
    rolls=True,
    unit=10.0,  # decimetres
)

DAZ_8: Final = Species(
    name="daz_genesis8",
    family="Daz Genesis 3 / 8",
    bones="""
hip | - | back 0.1 | back 0.2
pelvis | hip | pelvis | crotch
~ThighBend | pelvis | hip | hip>knee 0.5
~ThighTwist | ~ThighBend | hip>knee 0.5 | knee
~Shin | ~ThighTwist | knee | ankle
~Foot | ~Shin | ankle | ball + 0 0.04 0
~Metatarsals | ~Foot | ankle>ball 0.4 | ball
~Toe | ~Metatarsals | ball | toe
~BigToe | ~Toe | ball + -0.03 -0.03 0 | toe
~SmallToe1 | ~Toe | ball + 0.01 -0.03 0 | toe
~Heel | ~Foot | heel + 0 -0.02 0.03 | heel
abdomenLower | hip | back 0.12 | back 0.3
abdomenUpper | abdomenLower | back 0.3 | back 0.48
chestLower | abdomenUpper | back 0.48 | back 0.72
chestUpper | chestLower | back 0.72 | neck
~Pectoral | chestUpper | breast | nipple
neckLower | chestUpper | neck | neck>head 0.5
neckUpper | neckLower | neck>head 0.5 | head
head | neckUpper | head | top
upperFaceRig | head | head + 0 -0.03 0.08 | nose
lowerJaw | head | jaw | chin
tongue01 | lowerJaw | jaw + 0 -0.03 0 | chin
~Eye | head | eye | eye + 0 -0.02 0
~Ear | head | eye + 0.05 0.07 0 | eye + 0.06 0.08 0.03
~Collar | chestUpper | collar | shoulder
~ShldrBend | ~Collar | shoulder | shoulder>elbow 0.5
~ShldrTwist | ~ShldrBend | shoulder>elbow 0.5 | elbow
~ForearmBend | ~ShldrTwist | elbow | elbow>wrist 0.5
~ForearmTwist | ~ForearmBend | elbow>wrist 0.5 | wrist
~Hand | ~ForearmTwist | wrist | knuckle
~Carpal1 | ~Hand | palm | finger1
~Carpal4 | ~Hand | palm + 0 0.02 0 | finger4
@fingers | ~Hand | ~{f}{n} | Thumb,Index,Mid,Ring,Pinky | 1 | 3
""",
    trunk="hip,abdomenLower,chestLower,chestUpper,neckLower,head",
    limbs="~ThighBend,~Shin,~Foot,~Toe,~Collar,~ShldrBend,~ForearmBend,~Hand",
    sides=("l", "r"),
    stance=Stance(arm_drop=38.0, elbow_bend=5.0, leg_spread=7.0),
    unit=100.0,
    rolls=True,
)

DAZ_9: Final = Species(
    name="daz_genesis9",
    family="Daz Genesis 9",
    bones="""
hip | - | back 0.1 | back 0.2
pelvis | hip | pelvis | crotch
~_thigh | pelvis | hip | knee
~_thightwist1 | ~_thigh | hip>knee 0.33 | hip>knee 0.66
~_thightwist2 | ~_thigh | hip>knee 0.66 | knee
~_shin | ~_thigh | knee | ankle
~_foot | ~_shin | ankle | ball + 0 0.04 0
~_metatarsals | ~_foot | ankle>ball 0.4 | ball
~_toes | ~_metatarsals | ball | toe
~_bigtoe1 | ~_toes | ball + -0.03 -0.03 0 | toe
spine1 | hip | back 0.12 | back 0.3
spine2 | spine1 | back 0.3 | back 0.48
spine3 | spine2 | back 0.48 | back 0.72
spine4 | spine3 | back 0.72 | neck
~_pectoral | spine4 | breast | nipple
neck1 | spine4 | neck | neck>head 0.5
neck2 | neck1 | neck>head 0.5 | head
head | neck2 | head | top
lowerjaw | head | jaw | chin
~_eye | head | eye | eye + 0 -0.02 0
~_shoulder | spine4 | collar | shoulder
~_upperarm | ~_shoulder | shoulder | elbow
~_upperarmtwist1 | ~_upperarm | shoulder>elbow 0.33 | shoulder>elbow 0.66
~_upperarmtwist2 | ~_upperarm | shoulder>elbow 0.66 | elbow
~_forearm | ~_upperarm | elbow | wrist
~_forearmtwist1 | ~_forearm | elbow>wrist 0.33 | elbow>wrist 0.66
~_hand | ~_forearm | wrist | knuckle
~_indexmetacarpal | ~_hand | palm | finger1
@fingers | ~_hand | ~_{f}{n} | thumb,index,mid,ring,pinky | 1 | 3
""",
    trunk="hip,spine1,spine3,spine4,neck1,head",
    limbs="~_thigh,~_shin,~_foot,~_toes,~_shoulder,~_upperarm,~_forearm,~_hand",
    sides=("l", "r"),
    stance=Stance(arm_drop=42.0, elbow_bend=5.0, leg_spread=7.0),
    unit=100.0,
)

MPFB_GAME: Final = replace(
    renamed(UE4, "makehuman_game_engine", {"root |": "Root |", "| root": "| Root"}, "MakeHuman / MPFB game engine"),
    bones=f"""
Root | - | ground | ground + 0 0 0.1
pelvis | Root | pelvis | back 0.2
spine_01 | pelvis | back 0.2 | back 0.4
spine_02 | spine_01 | back 0.4 | back 0.65
spine_03 | spine_02 | back 0.65 | neck
breast_~ | spine_03 | breast | nipple
{"".join(line + chr(10) for line in UE4.bones.strip().splitlines()
         if not line.startswith(("root", "pelvis", "spine", "ik_")) and "twist" not in line)}""",
    stance=Stance(arm_drop=42.0, elbow_bend=8.0, leg_spread=6.0),
    unit=10.0,
)  # fmt: skip

STUDIO_RIGS: Final = (
    RIGIFY,
    MAKEHUMAN,
    MPFB_GAME,
    DAZ_8,
    replace(DAZ_8, name="daz_genesis3", stance=Stance(), unit=1.0),
    DAZ_9,
)
