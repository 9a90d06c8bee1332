"""New keys into ranges of the curves of an action; everything outside the ranges stays as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import bpy
import numpy as np

from .curve_book import Address, CurveBook, modifier_effect, sample_keys
from .key_splice import CurveKeys, NewKeys, hand_keys, splice
from .key_table import KeyTable, read_keys, write_keys

#: A channel without a curve gets none for less than this (rad or units).
_STILL = 1e-6


def write_edits(book: CurveBook, edits: Mapping[Address, Sequence[NewKeys]], span: tuple[int, int]) -> None:
    """Write `edits`, in the order of time for each channel. span: first and last whole frame of the action."""
    for address, pieces in edits.items():
        curve = book.find(address)
        if curve is None or not len(curve.keyframe_points):
            still = book.still_value(address)
            if all(np.abs(piece.values - still).max() < _STILL for piece in pieces):
                continue
            _write_still(book.ensure(address), pieces, still, span)
        else:
            _write_curve(curve, pieces, span)


def _write_still(curve: bpy.types.FCurve, pieces: Sequence[NewKeys], still: float, span: tuple[int, int]) -> None:
    """Keys of a curve that had none: beside the ranges it keeps the value the bone has without it."""

    def sample(frames: np.ndarray) -> np.ndarray:
        return np.full(len(frames), still, dtype=np.float32)

    table = read_keys(curve)
    for piece in pieces:
        table = splice(CurveKeys(table, sample, span), piece)
    write_keys(curve, table)


def _write_curve(curve: bpy.types.FCurve, pieces: Sequence[NewKeys], span: tuple[int, int]) -> None:
    table = read_keys(curve)

    def sample(frames: np.ndarray) -> np.ndarray:
        return sample_keys(curve, frames)  # the curve still has its old keys

    linear = curve.extrapolation == "LINEAR"
    for piece in pieces:
        wanted = _without_effect(curve, piece)
        if piece.keeps_hand_keys:
            wanted = _through_hand_keys(table, wanted)
        table = splice(CurveKeys(table, sample, span, linear), wanted)
    write_keys(curve, table)


def _without_effect(curve: bpy.types.FCurve, piece: NewKeys) -> NewKeys:
    """The keys that, with the curve's modifiers on top, give the values wanted."""
    frames = np.arange(piece.frames.start, piece.frames.stop)
    return replace(piece, values=piece.values - modifier_effect(curve, frames))


def _through_hand_keys(table: KeyTable, piece: NewKeys) -> NewKeys:
    """The motion bent so that it passes the hand-made keys in its range."""
    kept = table.take(hand_keys(table, piece.frames))
    if not len(kept):
        return piece
    frames = np.arange(piece.frames.start, piece.frames.stop)
    missing = kept.co[:, 1] - np.interp(kept.frames, frames, piece.values)
    places, amounts = kept.frames.astype(np.float64), missing.astype(np.float64)
    if piece.keeps_left:
        places, amounts = np.r_[piece.frames.start - 1, places], np.r_[0.0, amounts]
    if piece.keeps_right:
        places, amounts = np.r_[places, piece.frames.stop], np.r_[amounts, 0.0]
    return replace(piece, values=piece.values + np.interp(frames, places, amounts))
