"""Rigs of motion capture, data sets and other worlds: BVH, Rokoko, SMPL, MMD, Biped, and nameless ones."""

# ruff: noqa: RUF001  Cyrillic names are the point

from __future__ import annotations

from dataclasses import replace
from typing import Final

from .places import Stance
from .species import Aim, Species

CMU_BVH: Final = Species(
    name="cmu_bvh",
    family="CMU BVH",
    bones="""
Hips | - | pelvis | back 0.1
~HipJoint | Hips | pelvis | hip
~UpLeg | ~HipJoint | hip | knee
~Leg | ~UpLeg | knee | ankle
~Foot | ~Leg | ankle | ball
~ToeBase | ~Foot | ball | toe
LowerBack | Hips | back 0.05 | back 0.3
Spine | LowerBack | back 0.3 | back 0.6
Spine1 | Spine | back 0.6 | neck
Neck | Spine1 | neck | neck>head 0.5
Neck1 | Neck | neck>head 0.5 | head
Head | Neck1 | head | top
~Shoulder | Spine1 | neck | shoulder
~Arm | ~Shoulder | shoulder | elbow
~ForeArm | ~Arm | elbow | wrist
~Hand | ~ForeArm | wrist | palm
~FingerBase | ~Hand | palm | knuckle
~HandIndex1 | ~FingerBase | knuckle | fingertip
~Thumb | ~Hand | palm | tip0
""",
    trunk="Hips,LowerBack,Spine,Spine1,Neck,Head",
    limbs="~UpLeg,~Leg,~Foot,~ToeBase,~Shoulder,~Arm,~ForeArm,~Hand",
    unit=17.0,  # the files' own inches or so
)

BIOVISION_BVH: Final = Species(
    name="biovision_bvh",
    family="BVH",
    bones="""
Hips | - | pelvis | back 0.2
Chest | Hips | back 0.2 | back 0.4
Chest2 | Chest | back 0.4 | back 0.6
Chest3 | Chest2 | back 0.6 | back 0.8
Chest4 | Chest3 | back 0.8 | neck
Neck | Chest4 | neck | head
Head | Neck | head | top
~Collar | Chest4 | collar | shoulder
~Shoulder | ~Collar | shoulder | elbow
~Elbow | ~Shoulder | elbow | wrist
~Wrist | ~Elbow | wrist | knuckle
~Hip | Hips | hip | knee
~Knee | ~Hip | knee | ankle
~Ankle | ~Knee | ankle | ball
~Toe | ~Ankle | ball | toe
""",
    trunk="Hips,Chest,Chest3,Chest4,Neck,Head",
    limbs="~Hip,~Knee,~Ankle,~Toe,~Collar,~Shoulder,~Elbow,~Wrist",
    unit=100.0,
)

ROKOKO: Final = Species(
    name="rokoko_newton",
    family="Rokoko / Newton",
    bones="""
Root | - | ground | ground + 0 0 0.1
Hips | Root | pelvis | back 0.1
Spine1 | Hips | back 0.1 | back 0.3
Spine2 | Spine1 | back 0.3 | back 0.5
Spine3 | Spine2 | back 0.5 | back 0.75
Spine4 | Spine3 | back 0.75 | neck
Neck | Spine4 | neck | head
Head | Neck | head | top
~Shoulder | Spine4 | collar | shoulder
~Arm | ~Shoulder | shoulder | elbow
~ForeArm | ~Arm | elbow | wrist
~Hand | ~ForeArm | wrist | knuckle
~Finger1Proximal | ~Hand | finger0 | tip0
~Finger2Proximal | ~Hand | finger1 | tip1
~Finger3Proximal | ~Hand | finger2 | tip2
~Finger5Proximal | ~Hand | finger4 | tip4
~Thigh | Hips | hip | knee
~Shin | ~Thigh | knee | ankle
~Foot | ~Shin | ankle | ball
~Toe | ~Foot | ball | toe
~ToeTip | ~Toe | toe | toe + 0 -0.04 0
""",
    trunk="Hips,Spine1,Spine3,Spine4,Neck,Head",
    limbs="~Thigh,~Shin,~Foot,~Toe,~Shoulder,~Arm,~ForeArm,~Hand",
    unit=100.0,
    rolls=True,
)

SMPLX: Final = Species(
    name="smplx",
    family="SMPL-X",
    bones="""
root | - | ground | ground + 0 0 0.1
pelvis | root | pelvis | back 0.1
~_hip | pelvis | hip | knee
~_knee | ~_hip | knee | ankle
~_ankle | ~_knee | ankle | ball
~_foot | ~_ankle | ball | toe
spine1 | pelvis | back 0.2 | back 0.45
spine2 | spine1 | back 0.45 | back 0.6
spine3 | spine2 | back 0.6 | neck
neck | spine3 | neck | head
~_collar | spine3 | collar + 0.05 0 0 | shoulder
head | neck | head | top
jaw | head | jaw | chin
~_eye_smplhf | head | eye | eye + 0 -0.02 0
~_shoulder | ~_collar | shoulder | elbow
~_elbow | ~_shoulder | elbow | wrist
~_wrist | ~_elbow | wrist | knuckle
@fingers | ~_wrist | ~_{f}{n} | thumb,index,middle,ring,pinky | 1 | 3
""",
    trunk="pelvis,spine1,spine2,spine3,neck,head",
    limbs="~_hip,~_knee,~_ankle,~_foot,~_collar,~_shoulder,~_elbow,~_wrist",
    sides=("left", "right"),
    aim=Aim.UP,
)

SMPL: Final = Species(
    name="smpl",
    family="SMPL",
    bones="""
f_avg_root | - | ground | ground + 0 0 0.1
f_avg_Pelvis | f_avg_root | pelvis | back 0.1
f_avg_~_Hip | f_avg_Pelvis | hip | knee
f_avg_~_Knee | f_avg_~_Hip | knee | ankle
f_avg_~_Ankle | f_avg_~_Knee | ankle | ball
f_avg_~_Foot | f_avg_~_Ankle | ball | toe
f_avg_Spine1 | f_avg_Pelvis | back 0.2 | back 0.45
f_avg_Spine2 | f_avg_Spine1 | back 0.45 | back 0.6
f_avg_Spine3 | f_avg_Spine2 | back 0.6 | neck
f_avg_Neck | f_avg_Spine3 | neck | head
f_avg_Head | f_avg_Neck | head | top
f_avg_~_Collar | f_avg_Spine3 | collar + 0.05 0 0 | shoulder
f_avg_~_Shoulder | f_avg_~_Collar | shoulder | elbow
f_avg_~_Elbow | f_avg_~_Shoulder | elbow | wrist
f_avg_~_Wrist | f_avg_~_Elbow | wrist | palm
f_avg_~_Hand | f_avg_~_Wrist | palm | fingertip
""",
    trunk="f_avg_Pelvis,f_avg_Spine1,f_avg_Spine2,f_avg_Spine3,f_avg_Neck,f_avg_Head",
    limbs="f_avg_~_Hip,f_avg_~_Knee,f_avg_~_Ankle,f_avg_~_Foot,"
    "f_avg_~_Collar,f_avg_~_Shoulder,f_avg_~_Elbow,f_avg_~_Wrist",
    sides=("L", "R"),
    y_up=True,
    aim=Aim.UP,
)

MMD: Final = Species(
    name="mmd_japanese",
    family="MMD Japanese",
    bones="""
全ての親 | - | ground | ground + 0 0 0.1
センター | 全ての親 | ground + 0 0 0.65 | ground + 0 0 0.75
グルーブ | センター | ground + 0 0 0.67 | ground + 0 0 0.77
腰 | グルーブ | pelvis | back 0.1
下半身 | 腰 | back 0.12 | crotch
腰キャンセル~ | 下半身 | hip | hip + 0 0 0.05
~足 | 腰キャンセル~ | hip | knee
~ひざ | ~足 | knee | ankle
~足首 | ~ひざ | ankle | ball
~つま先 | ~足首 | ball | toe
~足D | 腰キャンセル~ | hip | knee
~ひざD | ~足D | knee | ankle
~足首D | ~ひざD | ankle | ball
~足先EX | ~足首D | ball + 0 0.02 0 | toe
~足IK親 | 全ての親 | ankle + 0 0 -0.085 | ankle
~足ＩＫ | ~足IK親 | ankle | ankle + 0 0.1 0
~つま先ＩＫ | ~足ＩＫ | ball | ball + 0 0 -0.05
上半身 | 腰 | back 0.12 | back 0.5
上半身2 | 上半身 | back 0.5 | neck
首 | 上半身2 | neck | head
頭 | 首 | head | top
両目 | 頭 | top + 0 0 0.1 | top + 0 -0.05 0.1
~目 | 頭 | eye | eye + 0 -0.02 0
~肩P | 上半身2 | collar | collar + 0 0 0.05
~肩 | ~肩P | collar | shoulder
~肩C | ~肩 | shoulder | shoulder + 0 0 0.05
~腕 | ~肩C | shoulder | elbow
~腕捩 | ~腕 | shoulder>elbow 0.6 | elbow
~ひじ | ~腕捩 | elbow | wrist
~手捩 | ~ひじ | elbow>wrist 0.6 | wrist
~手首 | ~手捩 | wrist | knuckle
@fingers | ~手首 | ~{f}{n} | 親指,人指,中指,薬指,小指 | 1 | 3
""",
    trunk="腰,上半身,-,上半身2,首,頭",
    limbs="~足,~ひざ,~足首,~つま先,~肩,~腕,~ひじ,~手首",
    sides=("左", "右"),
    stance=Stance(arm_drop=36.0),
    unit=12.5,
)

MMD_ENGLISH: Final = Species(
    name="mmd_tools_english",
    family="MMD English (mmd_tools)",
    bones="""
mother | - | ground | ground + 0 0 0.1
center | mother | ground + 0 0 0.65 | ground + 0 0 0.75
groove | center | ground + 0 0 0.67 | ground + 0 0 0.77
lower_body | groove | back 0.12 | crotch
leg_~ | lower_body | hip | knee
knee_~ | leg_~ | knee | ankle
ankle_~ | knee_~ | ankle | ball
toe_~ | ankle_~ | ball | toe
leg_IK_~ | mother | ankle | ankle + 0 0.1 0
toe_IK_~ | leg_IK_~ | ball | ball + 0 0 -0.05
upper_body | groove | back 0.12 | back 0.5
upper_body2 | upper_body | back 0.5 | neck
neck | upper_body2 | neck | head
head | neck | head | top
eye_~ | head | eye | eye + 0 -0.02 0
shoulder_~ | upper_body2 | collar | shoulder
arm_~ | shoulder_~ | shoulder | elbow
arm_twist_~ | arm_~ | shoulder>elbow 0.6 | elbow
elbow_~ | arm_twist_~ | elbow | wrist
hand_twist_~ | elbow_~ | elbow>wrist 0.6 | wrist
wrist_~ | hand_twist_~ | wrist | knuckle
thumb0_~ | wrist_~ | finger0 | tip0
fore1_~ | wrist_~ | finger1 | tip1
little1_~ | wrist_~ | finger4 | tip4
""",
    trunk="groove,upper_body,-,upper_body2,neck,head",
    limbs="leg_~,knee_~,ankle_~,toe_~,shoulder_~,arm_~,elbow_~,wrist_~",
    sides=("L", "R"),
    stance=Stance(arm_drop=36.0),
    unit=1.0,
)

BIPED: Final = Species(
    name="biped",
    family="3ds Max Biped",
    bones="""
Bip01 | - | pelvis + 0 0 0.01 | back 0.1
Bip01 Pelvis | Bip01 | pelvis | back 0.1
Bip01 Spine | Bip01 Pelvis | back 0.2 | back 0.4
Bip01 Spine1 | Bip01 Spine | back 0.4 | back 0.65
Bip01 Spine2 | Bip01 Spine1 | back 0.65 | neck
Bip01 Neck | Bip01 Spine2 | neck | head
Bip01 Head | Bip01 Neck | head | top
Bip01 ~ Clavicle | Bip01 Neck | collar | shoulder
Bip01 ~ UpperArm | Bip01 ~ Clavicle | shoulder | elbow
Bip01 ~ Forearm | Bip01 ~ UpperArm | elbow | wrist
Bip01 ~ Hand | Bip01 ~ Forearm | wrist | knuckle
@fingers | Bip01 ~ Hand | Bip01 ~ Finger{f}{n} | 0,1,2,3,4 | 1 | 2
Bip01 ~ Thigh | Bip01 Pelvis | hip | knee
Bip01 ~ Calf | Bip01 ~ Thigh | knee | ankle
Bip01 ~ Foot | Bip01 ~ Calf | ankle | ball
Bip01 ~ Toe0 | Bip01 ~ Foot | ball | toe
Bip01 Footsteps | Bip01 | ground | ground + 0 0 0.1
""",
    trunk="Bip01 Pelvis,Bip01 Spine,Bip01 Spine1,Bip01 Spine2,Bip01 Neck,Bip01 Head",
    limbs="Bip01 ~ Thigh,Bip01 ~ Calf,Bip01 ~ Foot,Bip01 ~ Toe0,"
    "Bip01 ~ Clavicle,Bip01 ~ UpperArm,Bip01 ~ Forearm,Bip01 ~ Hand",
    sides=("L", "R"),
    aim=Aim.ACROSS,
    unit=39.4,  # inches
)

RUSSIAN: Final = Species(
    name="foreign_russian",
    family="",
    bones="""
таз | - | pelvis | back 0.2
спина1 | таз | back 0.2 | back 0.5
спина2 | спина1 | back 0.5 | neck
шея | спина2 | neck | head
голова | шея | head | top
ключица.~ | спина2 | collar | shoulder
плечо.~ | ключица.~ | shoulder | elbow
предплечье.~ | плечо.~ | elbow | wrist
кисть.~ | предплечье.~ | wrist | knuckle
@fingers | кисть.~ | палец{f}_{n}.~ | 1,2,3,4,5 | 1 | 3
бедро.~ | таз | hip | knee
голень.~ | бедро.~ | knee | ankle
стопа.~ | голень.~ | ankle | ball
носок.~ | стопа.~ | ball | toe
""",
    trunk="таз,спина1,-,спина2,шея,голова",
    limbs="бедро.~,голень.~,стопа.~,носок.~,ключица.~,плечо.~,предплечье.~,кисть.~",
    sides=("Л", "П"),
    stance=Stance(arm_drop=35.0),
    y_up=True,
)

CAPTURE_RIGS: Final = (
    CMU_BVH,
    BIOVISION_BVH,
    ROKOKO,
    SMPLX,
    SMPL,
    MMD,
    MMD_ENGLISH,
    BIPED,
    RUSSIAN,
    replace(RUSSIAN, name="foreign_russian_backwards", backwards=True, y_up=False, unit=3.0, rolls=True),
)
