"""Which stretches of a long sequence the network sees, one after the other."""

from __future__ import annotations

from typing import Final

from ..motion.skeleton import MAX_TOKENS

#: Tokens of what is already there that a window shows at least, where there are as many (1.6 s).
OVERLAP: Final = 8

#: Half-open range of tokens.
Window = tuple[int, int]


def fill_windows(left: int, open_tokens: int, right: int) -> list[Window]:
    """Windows over `left` known, `open_tokens` unknown and `right` known tokens, in the order of decoding.

    Each holds MAX_TOKENS at most and begins in what is known or decoded before; together they cover all
    that is open. The work goes from the left to the right, or towards the left if only the right is known.
    """
    total = left + open_tokens + right
    if left == 0 and right > 0:
        return [(total - stop, total - start) for start, stop in fill_windows(right, open_tokens, 0)]
    if open_tokens + min(left, OVERLAP) + min(right, OVERLAP) <= MAX_TOKENS:
        return [_single(left, open_tokens, right)]
    windows = []
    first, stop = left, left + open_tokens
    for size in _pieces(min(left, OVERLAP), open_tokens, min(right, OVERLAP)):
        begin = max(0, first - OVERLAP)
        end = first + size
        windows.append((begin, end if end < stop else min(total, begin + MAX_TOKENS)))
        first = end
    return windows


def _single(left: int, open_tokens: int, right: int) -> Window:
    """One window, its context shared out evenly, or to the side that has it."""
    spare = MAX_TOKENS - open_tokens
    before = min(left, max(spare // 2, spare - right))
    after = min(right, spare - before)
    return left - before, left + open_tokens + after


def _pieces(left: int, open_tokens: int, right: int) -> list[int]:
    """Sizes of the open pieces of two or more consecutive windows, as even as they can be."""
    inner = MAX_TOKENS - OVERLAP
    rooms = [MAX_TOKENS - left, inner - right]  # the last window also shows what comes after
    while sum(rooms) < open_tokens:
        rooms.insert(1, inner)
    sizes = [0] * len(rooms)
    rest = open_tokens
    for done, number in enumerate(sorted(range(len(rooms)), key=rooms.__getitem__)):
        share = -(-rest // (len(rooms) - done))
        sizes[number] = min(rooms[number], share)
        rest -= sizes[number]
    return sizes
