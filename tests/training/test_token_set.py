"""Tokens of captioned motion: what is cut where, and that the cache changes nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from engine.features.normalization import Normalization
from engine.models.config import TokenizerConfig
from engine.models.tokenizer import Tokenizer
from engine.training.cmu import Caption
from engine.training.dataset import Motion, MotionSet
from engine.training.token_set import MIN_TOKENS, tokenize_split


def made_up_set() -> MotionSet:
    rows = np.random.default_rng(0).normal(size=(330, 263)).astype(np.float32)
    captions = (Caption(" turns left ", 0.0, 5.0), Caption("steps", 2.0, 2.5))
    return MotionSet(
        rows,
        (
            Motion("whole", "train", 0, 101, captions),
            Motion("short", "train", 101, 130, captions),
            Motion("silent", "train", 130, 230, ()),
            Motion("other", "val", 230, 330, captions),
        ),
    )


def tokenizer() -> Tokenizer:
    torch.manual_seed(0)
    made = Tokenizer(TokenizerConfig(width=8, codes=32, code_width=4, depth=1)).eval()
    made.part("whole").quantizer.codebook.normal_()
    return made


NORMALIZATION = Normalization(np.zeros(263, dtype=np.float32), np.ones(263, dtype=np.float32))


def test_mirror_images_follow_their_motion_and_only_the_right_is_named_first(tmp_path: Path) -> None:
    motion, image = tokenize_split(made_up_set(), "train", tokenizer(), NORMALIZATION, True, tmp_path)
    assert [phrase.text for phrase in motion.phrases] == ["turns right", "steps"]
    assert [phrase.text for phrase in image.phrases] == ["turns right", "steps"]
    assert (motion.tokens[0] != image.tokens[0]).any()
    for one, phrase in ((motion, 0), (image, 0)):  # it turns left as recorded, so both phrases tell of the image
        np.testing.assert_array_equal(one.told_by(one.phrases[phrase])[0], image.tokens[0])
    for one in (motion, image):
        np.testing.assert_array_equal(one.told_by(one.phrases[1])[0], one.tokens[0])


def test_the_val_split_hears_of_the_right_first_too(tmp_path: Path) -> None:
    (motion,) = tokenize_split(made_up_set(), "val", tokenizer(), NORMALIZATION, False, tmp_path)
    assert [phrase.text for phrase in motion.phrases] == ["turns right", "steps"]
    (twin, image) = tokenize_split(made_up_set(), "val", tokenizer(), NORMALIZATION, True, tmp_path)
    np.testing.assert_array_equal(motion.told_by(motion.phrases[0])[0], image.tokens[0])
    np.testing.assert_array_equal(motion.tokens[0], twin.tokens[0])


def test_each_starting_frame_gives_its_own_tokens(tmp_path: Path) -> None:
    data, network = made_up_set(), tokenizer()
    (motion,) = tokenize_split(data, "train", network, NORMALIZATION, False, tmp_path)
    assert [len(stream) for stream in motion.tokens] == [25, 25, 24, 24]
    shifted = torch.from_numpy(np.array(data.rows[1:101]))[None]
    np.testing.assert_array_equal(motion.tokens[1], network.encode(shifted)[0].numpy())


def test_a_phrase_is_where_its_caption_says_and_long_enough_to_learn(tmp_path: Path) -> None:
    (motion,) = tokenize_split(made_up_set(), "train", tokenizer(), NORMALIZATION, False, tmp_path)
    whole, part = motion.phrases
    assert (whole.start, whole.stop) == (0, 24)
    assert (part.start, part.stop) == (10, 10 + MIN_TOKENS)


def test_the_cache_gives_the_same_and_knows_its_tokenizer(tmp_path: Path) -> None:
    data, network = made_up_set(), tokenizer()
    first, again = (tokenize_split(data, "train", network, NORMALIZATION, True, tmp_path) for _ in range(2))
    for one, two in zip(first, again, strict=True):
        assert one.phrases == two.phrases
        for a, b in zip(one.tokens, two.tokens, strict=True):
            np.testing.assert_array_equal(a, b)
    network.part("whole").quantizer.codebook.neg_()
    changed = tokenize_split(data, "train", network, NORMALIZATION, True, tmp_path)
    assert any((a != b).any() for a, b in zip(first[0].tokens, changed[0].tokens, strict=True))


def test_a_motion_played_faster_is_told_of_the_same_moments(tmp_path: Path) -> None:
    data, network = made_up_set(), tokenizer()
    (slow,) = tokenize_split(data, "val", network, NORMALIZATION, False, tmp_path)
    (fast,) = tokenize_split(data, "val", network, NORMALIZATION, False, tmp_path, pace=1.25)
    assert len(fast.tokens[0]) == len(slow.tokens[0]) * 4 // 5
    assert (fast.phrases[0].start, fast.phrases[0].stop) == (0, 19)  # what is left of 5 s, whole from each shift
    assert fast.phrases[1].start == 8 and fast.phrases[1].text == slow.phrases[1].text
    assert not np.array_equal(fast.tokens[0], slow.tokens[0][: len(fast.tokens[0])])


def test_what_would_get_too_short_keeps_its_pace(tmp_path: Path) -> None:
    data, network = made_up_set(), tokenizer()
    (slow,) = tokenize_split(data, "val", network, NORMALIZATION, False, tmp_path)
    (fast,) = tokenize_split(data, "val", network, NORMALIZATION, False, tmp_path, pace=4.0)
    np.testing.assert_array_equal(fast.tokens[0], slow.tokens[0])
    assert fast.phrases == slow.phrases
