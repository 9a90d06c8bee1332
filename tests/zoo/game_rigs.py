"""Rigs that come out of games and their tools: Mixamo, Unreal, VRM, Character Creator, Auto-Rig Pro."""

from __future__ import annotations

from typing import Final

from .places import Stance
from .species import Aim, Species, renamed

MIXAMO: Final = Species(
    name="mixamo",
    family="Mixamo",
    bones="""
mixamorig:Hips | - | pelvis | back 0.2
mixamorig:Spine | mixamorig:Hips | back 0.2 | back 0.42
mixamorig:Spine1 | mixamorig:Spine | back 0.42 | back 0.66
mixamorig:Spine2 | mixamorig:Spine1 | back 0.66 | neck
mixamorig:Neck | mixamorig:Spine2 | neck | head
mixamorig:Head | mixamorig:Neck | head | top
mixamorig:HeadTop_End | mixamorig:Head | top | top + 0 0 0.1
mixamorig:~Eye | mixamorig:Head | eye | eye + 0 -0.02 0
mixamorig:~Shoulder | mixamorig:Spine2 | collar | shoulder
mixamorig:~Arm | mixamorig:~Shoulder | shoulder | elbow
mixamorig:~ForeArm | mixamorig:~Arm | elbow | wrist
mixamorig:~Hand | mixamorig:~ForeArm | wrist | knuckle
@fingers | mixamorig:~Hand | mixamorig:~Hand{f}{n} | Thumb,Index,Middle,Ring,Pinky | 1 | 4
mixamorig:~UpLeg | mixamorig:Hips | hip | knee
mixamorig:~Leg | mixamorig:~UpLeg | knee | ankle
mixamorig:~Foot | mixamorig:~Leg | ankle | ball
mixamorig:~ToeBase | mixamorig:~Foot | ball | toe
mixamorig:~Toe_End | mixamorig:~ToeBase | toe | toe + 0 -0.05 0
""",
    trunk="mixamorig:Hips,mixamorig:Spine,mixamorig:Spine1,mixamorig:Spine2,mixamorig:Neck,mixamorig:Head",
    limbs="mixamorig:~UpLeg,mixamorig:~Leg,mixamorig:~Foot,mixamorig:~ToeBase,"
    "mixamorig:~Shoulder,mixamorig:~Arm,mixamorig:~ForeArm,mixamorig:~Hand",
    unit=100.0,
    y_up=True,
)

UE4: Final = Species(
    name="unreal_ue4",
    family="Unreal mannequin",
    bones="""
root | - | ground | ground + 0 0 0.1
pelvis | root | pelvis | back 0.2
spine_01 | pelvis | back 0.2 | back 0.4
spine_02 | spine_01 | back 0.4 | back 0.65
spine_03 | spine_02 | back 0.65 | neck
neck_01 | spine_03 | neck | head
head | neck_01 | head | top
clavicle_~ | spine_03 | collar | shoulder
upperarm_~ | clavicle_~ | shoulder | elbow
upperarm_twist_01_~ | upperarm_~ | shoulder>elbow 0.5 | elbow
lowerarm_~ | upperarm_~ | elbow | wrist
lowerarm_twist_01_~ | lowerarm_~ | elbow>wrist 0.6 | wrist
hand_~ | lowerarm_~ | wrist | knuckle
@fingers | hand_~ | {f}_0{n}_~ | thumb,index,middle,ring,pinky | 1 | 3
thigh_~ | pelvis | hip | knee
thigh_twist_01_~ | thigh_~ | hip>knee 0.3 | knee
calf_~ | thigh_~ | knee | ankle
calf_twist_01_~ | calf_~ | knee>ankle 0.7 | ankle
foot_~ | calf_~ | ankle | ball
ball_~ | foot_~ | ball | toe
ik_foot_root | root | ground | ground + 0 0 0.1
ik_foot_~ | ik_foot_root | ankle | ball
ik_hand_root | root | ground | ground + 0 0 0.1
ik_hand_gun | ik_hand_root | ground + -0.55 0 1.15 | ground + -0.55 0 1.25
ik_hand_~ | ik_hand_gun | wrist | knuckle
""",
    trunk="pelvis,spine_01,spine_02,spine_03,neck_01,head",
    limbs="thigh_~,calf_~,foot_~,ball_~,clavicle_~,upperarm_~,lowerarm_~,hand_~",
    sides=("l", "r"),
    stance=Stance(arm_drop=45.0, elbow_bend=12.0, leg_spread=4.0),
    aim=Aim.ACROSS,
    unit=100.0,
)

UE5: Final = Species(
    name="unreal_ue5",
    family="Unreal mannequin",
    bones="""
root | - | ground | ground + 0 0 0.1
pelvis | root | pelvis | back 0.08
spine_01 | pelvis | back 0.08 | back 0.2
spine_02 | spine_01 | back 0.2 | back 0.35
spine_03 | spine_02 | back 0.35 | back 0.5
spine_04 | spine_03 | back 0.5 | back 0.75
spine_05 | spine_04 | back 0.75 | neck
neck_01 | spine_05 | neck | neck>head 0.5
neck_02 | neck_01 | neck>head 0.5 | head
head | neck_02 | head | top
clavicle_~ | spine_05 | collar | shoulder
clavicle_out_~ | clavicle_~ | collar>shoulder 0.6 | shoulder
clavicle_scap_~ | clavicle_~ | collar + 0 0.1 0 | shoulder
upperarm_~ | clavicle_~ | shoulder | elbow
upperarm_correctiveRoot_~ | upperarm_~ | shoulder | elbow
upperarm_bck_~ | upperarm_correctiveRoot_~ | shoulder + 0 0.05 0 | elbow
upperarm_twist_01_~ | upperarm_~ | shoulder>elbow 0.33 | elbow
upperarm_bicep_~ | upperarm_twist_01_~ | shoulder>elbow 0.45 + 0 -0.04 0 | elbow
upperarm_twist_02_~ | upperarm_~ | shoulder>elbow 0.66 | elbow
lowerarm_~ | upperarm_~ | elbow | wrist
lowerarm_correctiveRoot_~ | lowerarm_~ | elbow | wrist
lowerarm_twist_01_~ | lowerarm_~ | elbow>wrist 0.66 | wrist
lowerarm_twist_02_~ | lowerarm_~ | elbow>wrist 0.33 | wrist
hand_~ | lowerarm_~ | wrist | knuckle
wrist_inner_~ | hand_~ | wrist + 0 -0.02 0 | knuckle
index_metacarpal_~ | hand_~ | palm | finger1
middle_metacarpal_~ | hand_~ | palm | finger2
ring_metacarpal_~ | hand_~ | palm | finger3
pinky_metacarpal_~ | hand_~ | palm | finger4
@fingers | hand_~ | {f}_0{n}_~ | thumb,index,middle,ring,pinky | 1 | 3
weapon_~ | hand_~ | knuckle | fingertip
thigh_~ | pelvis | hip | knee
thigh_correctiveRoot_~ | thigh_~ | hip | knee
thigh_fwd_~ | thigh_correctiveRoot_~ | hip + 0 -0.08 0 | knee
thigh_twist_01_~ | thigh_~ | hip>knee 0.33 | knee
thigh_twist_02_~ | thigh_~ | hip>knee 0.66 | knee
calf_~ | thigh_~ | knee | ankle
calf_correctiveRoot_~ | calf_~ | knee | ankle
calf_kneeBack_~ | calf_correctiveRoot_~ | knee + 0 0.05 0 | ankle
calf_twist_01_~ | calf_~ | knee>ankle 0.66 | ankle
calf_twist_02_~ | calf_~ | knee>ankle 0.33 | ankle
foot_~ | calf_~ | ankle | ball
ankle_fwd_~ | foot_~ | ankle + 0 -0.04 0 | ball
ball_~ | foot_~ | ball | toe
bigtoe_01_~ | ball_~ | ball + -0.03 -0.03 0 | toe
littletoe_01_~ | ball_~ | ball + 0.03 -0.03 0 | toe
spine_04_latissimus_~ | spine_04 | breast + 0.05 0.15 -0.05 | breast
clavicle_pec_~ | spine_05 | breast | nipple
ik_foot_root | root | ground | ground + 0 0 0.1
ik_foot_~ | ik_foot_root | ankle | ball
ik_hand_root | root | ground | ground + 0 0 0.1
ik_hand_gun | ik_hand_root | ground + -0.55 0 1.15 | ground + -0.55 0 1.25
ik_hand_~ | ik_hand_gun | wrist | knuckle
interaction | root | ground | ground + 0 0 0.1
center_of_mass | root | ground | ground + 0 0 0.1
""",
    trunk="pelvis,spine_01,spine_03,spine_05,neck_01,head",
    limbs="thigh_~,calf_~,foot_~,ball_~,clavicle_~,upperarm_~,lowerarm_~,hand_~",
    sides=("l", "r"),
    stance=Stance(arm_drop=50.0, elbow_bend=20.0, leg_spread=5.0),
    aim=Aim.ACROSS,
    unit=100.0,
)

VROID: Final = Species(
    name="vroid",
    family="VRM / VRoid",
    bones="""
Root | - | ground | ground + 0 0 0.1
J_Bip_C_Hips | Root | pelvis | back 0.12
J_Bip_C_Spine | J_Bip_C_Hips | back 0.12 | back 0.4
J_Bip_C_Chest | J_Bip_C_Spine | back 0.4 | back 0.65
J_Bip_C_UpperChest | J_Bip_C_Chest | back 0.65 | neck
J_Bip_C_Neck | J_Bip_C_UpperChest | neck | head
J_Bip_C_Head | J_Bip_C_Neck | head | top
J_Adj_~_FaceEye | J_Bip_C_Head | eye | eye + 0 -0.02 0
J_Sec_Hair1_01 | J_Bip_C_Head | top + 0 -0.05 0.03 | top + 0 -0.12 0
J_Sec_Hair2_01 | J_Sec_Hair1_01 | top + 0 -0.12 0 | top + 0 -0.14 -0.1
J_Sec_Hair1_02 | J_Bip_C_Head | top + 0 0.1 0 | top + 0 0.15 -0.2
J_Sec_Hair2_02 | J_Sec_Hair1_02 | top + 0 0.15 -0.2 | top + 0 0.17 -0.5
J_Sec_Hair3_02 | J_Sec_Hair2_02 | top + 0 0.17 -0.5 | top + 0 0.18 -0.9
J_Sec_~_Bust1 | J_Bip_C_UpperChest | breast | nipple
J_Sec_~_Bust2 | J_Sec_~_Bust1 | nipple | nipple + 0 -0.03 0
J_Bip_~_Shoulder | J_Bip_C_UpperChest | collar | shoulder
J_Bip_~_UpperArm | J_Bip_~_Shoulder | shoulder | elbow
J_Sec_~_TopsUpperArmInside | J_Bip_~_UpperArm | shoulder>elbow 0.3 + 0 0 -0.05 | elbow
J_Bip_~_LowerArm | J_Bip_~_UpperArm | elbow | wrist
J_Bip_~_Hand | J_Bip_~_LowerArm | wrist | knuckle
@fingers | J_Bip_~_Hand | J_Bip_~_{f}{n} | Thumb,Index,Middle,Ring,Little | 1 | 3
J_Bip_~_UpperLeg | J_Bip_C_Hips | hip | knee
J_Sec_~_SkirtSide1 | J_Bip_~_UpperLeg | hip + 0.08 0 0 | hip>knee 0.5 + 0.12 0 0
J_Sec_~_SkirtSide2 | J_Sec_~_SkirtSide1 | hip>knee 0.5 + 0.12 0 0 | knee + 0.15 0 0
J_Sec_~_SkirtBack1 | J_Bip_C_Hips | hip + 0 0.1 0 | hip>knee 0.5 + 0 0.14 0
J_Sec_~_SkirtBack2 | J_Sec_~_SkirtBack1 | hip>knee 0.5 + 0 0.14 0 | knee + 0 0.18 0
J_Sec_~_SkirtBack3 | J_Sec_~_SkirtBack2 | knee + 0 0.18 0 | knee + 0 0.2 -0.2
J_Bip_~_LowerLeg | J_Bip_~_UpperLeg | knee | ankle
J_Bip_~_Foot | J_Bip_~_LowerLeg | ankle | ball
J_Bip_~_ToeBase | J_Bip_~_Foot | ball | toe
""",
    trunk="J_Bip_C_Hips,J_Bip_C_Spine,J_Bip_C_Chest,J_Bip_C_UpperChest,J_Bip_C_Neck,J_Bip_C_Head",
    limbs="J_Bip_~_UpperLeg,J_Bip_~_LowerLeg,J_Bip_~_Foot,J_Bip_~_ToeBase,"
    "J_Bip_~_Shoulder,J_Bip_~_UpperArm,J_Bip_~_LowerArm,J_Bip_~_Hand",
    sides=("L", "R"),
    backwards=True,
)

#: Without the upper chest and the toes, both of which the format leaves optional.
VRM: Final = Species(
    name="vrm_normalized",
    family="VRM / VRoid",
    bones="""
hips | - | pelvis | back 0.2
spine | hips | back 0.2 | back 0.5
chest | spine | back 0.5 | neck
neck | chest | neck | head
head | neck | head | top
~Eye | head | eye | eye + 0 -0.02 0
jaw | head | jaw | chin
~Shoulder | chest | collar | shoulder
~UpperArm | ~Shoulder | shoulder | elbow
~LowerArm | ~UpperArm | elbow | wrist
~Hand | ~LowerArm | wrist | knuckle
~ThumbProximal | ~Hand | finger0 | tip0
~IndexProximal | ~Hand | finger1 | tip1
~LittleProximal | ~Hand | finger4 | tip4
~UpperLeg | hips | hip | knee
~LowerLeg | ~UpperLeg | knee | ankle
~Foot | ~LowerLeg | ankle | ball
""",
    trunk="hips,spine,-,chest,neck,head",
    limbs="~UpperLeg,~LowerLeg,~Foot,-,~Shoulder,~UpperArm,~LowerArm,~Hand",
    sides=("left", "right"),
)

CHARACTER_CREATOR: Final = Species(
    name="character_creator",
    family="Character Creator",
    bones="""
RL_BoneRoot | - | ground | ground + 0 0 0.1
CC_Base_Hip | RL_BoneRoot | pelvis | back 0.12
CC_Base_Pelvis | CC_Base_Hip | pelvis + 0 0 -0.02 | crotch
CC_Base_~_Thigh | CC_Base_Pelvis | hip | knee
CC_Base_~_ThighTwist01 | CC_Base_~_Thigh | hip | hip>knee 0.5
CC_Base_~_ThighTwist02 | CC_Base_~_Thigh | hip>knee 0.5 | knee
CC_Base_~_Calf | CC_Base_~_Thigh | knee | ankle
CC_Base_~_KneeShareBone | CC_Base_~_Calf | knee | knee + 0 -0.06 0
CC_Base_~_CalfTwist01 | CC_Base_~_Calf | knee | knee>ankle 0.5
CC_Base_~_CalfTwist02 | CC_Base_~_Calf | knee>ankle 0.5 | ankle
CC_Base_~_Foot | CC_Base_~_Calf | ankle | ball
CC_Base_~_ToeBaseShareBone | CC_Base_~_Foot | ball | ball + 0 -0.03 0
CC_Base_~_ToeBase | CC_Base_~_Foot | ball | toe
CC_Base_~_BigToe1 | CC_Base_~_ToeBase | ball + -0.03 -0.03 0 | toe
CC_Base_~_PinkyToe1 | CC_Base_~_ToeBase | ball + 0.04 -0.03 0 | toe
CC_Base_Waist | CC_Base_Hip | back 0.12 | back 0.35
CC_Base_Spine01 | CC_Base_Waist | back 0.35 | back 0.6
CC_Base_Spine02 | CC_Base_Spine01 | back 0.6 | neck
CC_Base_~_RibsTwist | CC_Base_Spine02 | breast + 0 0.05 0 | breast
CC_Base_~_Breast | CC_Base_Spine02 | breast | nipple
CC_Base_NeckTwist01 | CC_Base_Spine02 | neck | neck>head 0.5
CC_Base_NeckTwist02 | CC_Base_NeckTwist01 | neck>head 0.5 | head
CC_Base_Head | CC_Base_NeckTwist02 | head | top
CC_Base_FacialBone | CC_Base_Head | head | nose
CC_Base_JawRoot | CC_Base_FacialBone | jaw | chin
CC_Base_~_Eye | CC_Base_FacialBone | eye | eye + 0 -0.02 0
CC_Base_~_Clavicle | CC_Base_Spine02 | collar | shoulder
CC_Base_~_Upperarm | CC_Base_~_Clavicle | shoulder | elbow
CC_Base_~_UpperarmTwist01 | CC_Base_~_Upperarm | shoulder | shoulder>elbow 0.5
CC_Base_~_UpperarmTwist02 | CC_Base_~_Upperarm | shoulder>elbow 0.5 | elbow
CC_Base_~_Forearm | CC_Base_~_Upperarm | elbow | wrist
CC_Base_~_ElbowShareBone | CC_Base_~_Forearm | elbow | elbow + 0 0.05 0
CC_Base_~_ForearmTwist01 | CC_Base_~_Forearm | elbow | elbow>wrist 0.5
CC_Base_~_ForearmTwist02 | CC_Base_~_Forearm | elbow>wrist 0.5 | wrist
CC_Base_~_Hand | CC_Base_~_Forearm | wrist | knuckle
@fingers | CC_Base_~_Hand | CC_Base_~_{f}{n} | Thumb,Index,Mid,Ring,Pinky | 1 | 3
""",
    trunk="CC_Base_Hip,CC_Base_Waist,CC_Base_Spine01,CC_Base_Spine02,CC_Base_NeckTwist01,CC_Base_Head",
    limbs="CC_Base_~_Thigh,CC_Base_~_Calf,CC_Base_~_Foot,CC_Base_~_ToeBase,"
    "CC_Base_~_Clavicle,CC_Base_~_Upperarm,CC_Base_~_Forearm,CC_Base_~_Hand",
    sides=("L", "R"),
    stance=Stance(arm_drop=30.0, leg_spread=3.0),
    unit=100.0,
)

AUTO_RIG_PRO: Final = Species(
    name="auto_rig_pro",
    family="Auto-Rig Pro export",
    bones="""
root.x | - | pelvis | back 0.15
spine_01.x | root.x | back 0.15 | back 0.45
spine_02.x | spine_01.x | back 0.45 | neck
neck.x | spine_02.x | neck | head
head.x | neck.x | head | top
jawbone.x | head.x | jaw | chin
c_eye.~ | head.x | eye | eye + 0 -0.02 0
shoulder.~ | spine_02.x | collar | shoulder
arm_stretch.~ | shoulder.~ | shoulder | elbow
arm_twist.~ | arm_stretch.~ | shoulder | shoulder>elbow 0.5
forearm_stretch.~ | arm_stretch.~ | elbow | wrist
forearm_twist.~ | forearm_stretch.~ | elbow>wrist 0.5 | wrist
hand.~ | forearm_stretch.~ | wrist | knuckle
@fingers | hand.~ | {f}{n}.~ | thumb,index,middle,ring,pinky | 1 | 3
thigh_stretch.~ | root.x | hip | knee
thigh_twist.~ | thigh_stretch.~ | hip | hip>knee 0.5
leg_stretch.~ | thigh_stretch.~ | knee | ankle
leg_twist.~ | leg_stretch.~ | knee>ankle 0.5 | ankle
foot.~ | leg_stretch.~ | ankle | ball
toes_01.~ | foot.~ | ball | toe
breast_01.~ | spine_02.x | breast | nipple
""",
    trunk="root.x,spine_01.x,-,spine_02.x,neck.x,head.x",
    limbs="thigh_stretch.~,leg_stretch.~,foot.~,toes_01.~,shoulder.~,arm_stretch.~,forearm_stretch.~,hand.~",
    sides=("l", "r"),
    stance=Stance(arm_drop=40.0),
    rolls=True,
)

GAME_RIGS: Final = (
    MIXAMO,
    renamed(MIXAMO, "mixamo_plain", {"mixamorig:": ""}),
    UE4,
    UE5,
    VROID,
    VRM,
    CHARACTER_CREATOR,
    AUTO_RIG_PRO,
)
