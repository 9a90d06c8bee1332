"""A rare action is also told by itself, as users tell it."""

from __future__ import annotations

import numpy as np

from engine.training.clauses import clauses, with_clauses
from engine.training.token_set import Phrase, TokenizedMotion

TOKENS = (np.zeros((30, 1), dtype=np.int16),) * 4


def motion(*texts: str) -> TokenizedMotion:
    return TokenizedMotion(TOKENS, tuple(Phrase(text, 0, 30) for text in texts))


def test_the_clause_that_names_the_action_becomes_a_sentence() -> None:
    text = "the man walks ahead, then he crouches down slowly and gets up"
    assert clauses(text, "crouch") == ("a person crouches down slowly",)


def test_things_that_are_thrown_are_one_another() -> None:
    told = clauses("a man jogs and then throws it", "throw")
    assert told == ("a person throws something", "a person throws a ball", "a person throws an object")


def test_a_sentence_of_one_clause_adds_nothing() -> None:
    assert clauses("a person jumps", "jump") == ()


def test_only_the_rarest_action_is_told_by_itself() -> None:
    walks = [motion("someone walks and waits")] * 3
    (both,) = with_clauses([*walks, motion("a person walks and then sits down")])[3:]
    assert [phrase.text for phrase in both.short] == ["a person sits down"]


def test_a_clause_that_names_the_left_first_is_told_of_the_mirror_image() -> None:
    (told,) = with_clauses([motion("a person leans to the right and kicks with the left foot")])
    (short,) = told.short
    assert (short.text, short.of_twin) == ("a person kicks with the right foot", True)
