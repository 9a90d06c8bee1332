"""Many words for what the probes name: some to make motion of that is learnt from, others to judge by.

A network learns from its own chosen motion (choosing.py) under every sentence of `taught`. None of these is a probe's
own sentence, though some say the same of another person; in `REWORDED` nothing is (`evaluate probes --reworded`).
"""

from __future__ import annotations

from typing import Final

from .probes import CLAPS, PROBES

_PEOPLE: Final = ("a person", "someone", "a man", "a woman", "the person", "he", "she")

#: What people do. Sides are told of the right first, as networks are.
_DOES: Final[dict[str, tuple[str, ...]]] = {
    "walks forward": (
        "walks forward", "walks straight ahead", "is walking forwards", "walks forward slowly", "takes a walk ahead",
    ),
    "walks backwards": (
        "walks backwards", "walks backward", "is walking backwards", "steps backwards", "slowly walks backwards",
    ),
    "jumps": ("jumps", "jumps up", "jumps into the air", "leaps up", "is jumping", "jumps forward"),
    "turns right": (
        "turns right", "turns to the right", "makes a right turn", "is turning right", "walks and turns right",
    ),
    "waves the right hand": (
        "waves the right hand", "waves with the right hand", "raises the right hand and waves",
        "is waving their right hand", "waves the right arm", "waves hello with their right hand",
    ),
    "sits down": (
        "sits down", "sits down on a chair", "takes a seat", "is sitting down", "lowers themselves onto a chair",
    ),
    "runs (top speed)": ("runs", "is running", "runs forward", "runs ahead fast", "is running forward"),
    "throws": (
        "throws a ball", "throws something", "throws an object", "tosses a ball", "throws a ball forward",
        "throws something with the right hand", "throws a ball with the right hand", "is throwing something",
    ),
    "kicks right": (
        "kicks with the right leg", "kicks with the right foot", "kicks something with the right leg",
        "does a kick with the right leg", "kicks the right leg", "is kicking with the right foot",
    ),
    "punches": (
        "throws punches", "is boxing", "punches", "punches the air", "punches with both hands", "is punching",
    ),
    "crouches": (
        "crouches down", "crouches", "squats down", "crouches low to the ground", "is crouching", "squats",
    ),
    "climbs": (
        "climbs up stairs", "climbs stairs", "walks up the stairs", "climbs up steps", "is climbing up",
        "walks up steps",
    ),
    "dances": ("dances", "is dancing", "dances around", "does a dance"),
    "swims": (
        "swims", "is swimming", "makes swimming motions", "does the breast stroke", "moves their arms as if swimming",
    ),
    "picks up": (
        "bends down and picks something up", "picks something up from the ground", "bends over and picks up an object",
        "picks up something off the floor", "picks something up", "is picking something up",
    ),
    "spins": ("spins around", "spins in a circle", "twirls around", "spins", "is spinning"),
    "side-steps right": (
        "side steps to the right", "steps sideways to the right", "moves sideways to the right",
        "is side stepping to the right", "takes side steps right",
    ),
    "stretches": (
        "stretches their arms", "stretches their arms out", "is stretching", "does stretches with the arms",
        "stretches",
    ),
    "raises both arms": (
        "raises both arms", "lifts both arms up", "raises both hands over the head", "puts both arms up",
        "is raising both arms",
    ),
    "cartwheels": ("does a cartwheel", "performs a cartwheel", "makes a cartwheel"),
    "crawls": (
        "crawls on the ground", "crawls", "crawls on hands and knees", "is crawling on the floor", "crawls along",
    ),
    "bends down": (
        "bends down", "bends over", "bends forward", "bends down low", "leans down", "is bending down",
    ),
    "turns around": (
        "turns around", "turns around and faces the other way", "turns to face the opposite direction",
        "is turning around", "walks and turns around",
    ),
    "balances on one foot": (
        "balances on one leg", "stands on one leg", "balances on one foot", "is balancing on one leg",
        "lifts one leg and keeps standing on the other",
    ),
    "drinks": (
        "takes a drink", "drinks", "takes a sip from a cup", "drinks something", "is drinking", "drinks from a bottle",
    ),
    "claps": ("claps their hands", "claps", "is clapping", "claps the hands together"),
}  # fmt: skip


def taught() -> dict[str, tuple[str, ...]]:
    """Sentences to choose motion of and to tell it by, for each probe's name; the probe's own is not among them."""
    own = {probe.text for probe in (*PROBES, CLAPS)}
    return {
        name: tuple(text for text in (f"{who} {does}" for who in _PEOPLE for does in phrases) if text not in own)
        for name, phrases in _DOES.items()
    }


#: Sentences that only ever judge.
REWORDED: Final[dict[str, tuple[str, ...]]] = {
    "walks forward": ("the man is walking forward", "they walk ahead in a straight line"),
    "walks backwards": ("the man walks back a few steps", "somebody walks in reverse"),
    "jumps": ("the man does a jump", "somebody jumps up and down"),
    "turns right": ("the man turns to his right", "somebody rotates right"),
    "waves the right hand": ("the man waves using his right hand", "somebody greets with the right hand, waving"),
    "sits down": ("the man sits", "somebody sits down on a stool"),
    "runs (top speed)": ("the man sprints", "somebody jogs quickly forward"),
    "throws": ("the man throws a baseball", "somebody hurls something with the right arm"),
    "kicks right": ("the man kicks a ball with the right foot", "somebody gives a kick with their right leg"),
    "punches": ("the man boxes", "somebody throws a few jabs"),
    "crouches": ("the man is squatting", "somebody ducks down low"),
    "climbs": ("the man goes up a staircase", "somebody walks upstairs"),
    "dances": ("the man performs a dance", "somebody dances to the music"),
    "swims": ("the man swims with his arms", "somebody pretends to swim"),
    "picks up": ("the man reaches down to pick up a box", "somebody lifts something from the floor"),
    "spins": ("the man spins around quickly", "somebody does a pirouette"),
    "side-steps right": ("the man shuffles sideways to the right", "somebody takes side steps to their right"),
    "stretches": ("the man stretches out his arms", "somebody does arm stretches"),
    "raises both arms": ("the man lifts his two arms above his head", "somebody raises their hands in the air"),
    "cartwheels": ("the man is doing a cartwheel", "somebody cartwheels"),
    "crawls": ("the man crawls forward", "somebody moves on hands and knees"),
    "bends down": ("the man leans forward and down", "somebody bows down"),
    "turns around": ("the man turns back around", "somebody makes a turn of 180 degrees"),
    "balances on one foot": ("the man is standing on one foot", "somebody keeps balance on a single leg"),
    "drinks": ("the man is drinking water", "somebody drinks from a glass"),
    "claps": ("the man is clapping his hands", "somebody applauds"),
}  # fmt: skip
