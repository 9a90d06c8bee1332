"""New keys into ranges of the curves of an action; everything outside the ranges stays as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import bpy
import numpy as np

from .curve_book import Address, CurveBook, modifier_effect, sample_keys
from .key_reduction import reduce_keys
from .key_splice import CurveKeys, NewKeys, Sampler, hand_keys, made_keys, splice
from .key_table import KeyTable, frames_of, read_keys, write_keys

#: A channel without a curve gets none for less than this (rad or units).
_STILL: Final = 1e-6


@dataclass(frozen=True)
class _Work:
    """One curve to be written and what comes into it."""

    curve: bpy.types.FCurve
    keys: CurveKeys
    pieces: list[NewKeys]


def write_edits(
    book: CurveBook,
    edits: Mapping[Address, Sequence[NewKeys]],
    span: tuple[int, int],
    reduce_error: float | None = None,
) -> None:
    """Write `edits`, in the order of time for each channel. span: first and last whole frame of the action.

    reduce_error: write fewer keys, within this of the values; may raise ReductionError.
    """
    works = [work for address, pieces in edits.items() if (work := _plan(book, address, pieces, span)) is not None]
    made = [made_keys(piece) for work in works for piece in work.pieces]
    if reduce_error is not None:
        made = reduce_keys(made, reduce_error)
    tables = iter(made)
    for work in works:
        keys = work.keys
        for piece in work.pieces:
            keys = replace(keys, table=splice(keys, piece, next(tables)))
        write_keys(work.curve, keys.table)


def _plan(book: CurveBook, address: Address, pieces: Sequence[NewKeys], span: tuple[int, int]) -> _Work | None:
    """What to do with one channel; None where it has no curve and needs none."""
    curve = book.find(address)
    if curve is not None and len(curve.keyframe_points):
        table = read_keys(curve)
        keys = CurveKeys(table, _sampler(curve), span, curve.extrapolation == "LINEAR")
        return _Work(curve, keys, [_through_hand_keys(table, _without_effect(curve, piece)) for piece in pieces])
    still = book.still_value(address)
    if all(np.abs(piece.values - still).max() < _STILL for piece in pieces):
        return None
    curve = book.ensure(address)

    def sample(frames: np.ndarray) -> np.ndarray:
        return np.full(len(frames), still, dtype=np.float32)

    return _Work(curve, CurveKeys(read_keys(curve), sample, span), list(pieces))


def _sampler(curve: bpy.types.FCurve) -> Sampler:
    """The curve's values while it still has its old keys."""
    return lambda frames: sample_keys(curve, frames)


def _without_effect(curve: bpy.types.FCurve, piece: NewKeys) -> NewKeys:
    """The keys that, with the curve's modifiers on top, give the values wanted."""
    frames = np.arange(piece.frames.start, piece.frames.stop)
    return replace(piece, values=piece.values - modifier_effect(curve, frames))


def _through_hand_keys(table: KeyTable, piece: NewKeys) -> NewKeys:
    """The motion bent so that it passes the hand-made keys in its range, where they are kept."""
    kept = table[hand_keys(table, piece.frames)]
    if not piece.keeps_hand_keys or not len(kept):
        return piece
    frames = np.arange(piece.frames.start, piece.frames.stop)
    times = frames_of(kept).astype(np.float64)
    missing = kept["co"][:, 1] - np.interp(times, frames, piece.values)
    places, amounts = times, missing
    if piece.keeps_left:
        places, amounts = np.r_[piece.frames.start - 1, places], np.r_[0.0, amounts]
    if piece.keeps_right:
        places, amounts = np.r_[places, piece.frames.stop], np.r_[amounts, 0.0]
    return replace(piece, values=piece.values + np.interp(frames, places, amounts))
