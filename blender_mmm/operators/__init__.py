"""One verb of the user per file: execute() collects, submits, reports."""

from __future__ import annotations

from typing import Final

from .cancel import MMM_OT_cancel
from .clean_up_feet import MMM_OT_clean_up_feet
from .dismiss_notice import MMM_OT_dismiss_notice
from .drop_takes import MMM_OT_drop_other_takes, MMM_OT_drop_take
from .fill import MMM_OT_fill
from .follow_path import MMM_OT_follow_path
from .generate import MMM_OT_generate
from .generate_story import MMM_OT_generate_story
from .make_loop import MMM_OT_make_loop
from .map_bones import (
    MMM_OT_find_bones,
    MMM_OT_load_bone_preset,
    MMM_OT_pick_bone,
    MMM_OT_save_bone_preset,
)
from .marked_ranges import MMM_OT_mark_ranges, MMM_OT_unmark_range
from .randomize_seed import MMM_OT_randomize_seed
from .regenerate_part import MMM_OT_regenerate_part
from .reroll_story import MMM_OT_reroll_story
from .story_lines import (
    MMM_OT_add_story_line,
    MMM_OT_move_story_line,
    MMM_OT_paste_story,
    MMM_OT_remove_story_line,
)
from .use_text import MMM_OT_use_text
from .vary import MMM_OT_vary

CLASSES: Final = (
    MMM_OT_generate,
    MMM_OT_fill,
    MMM_OT_regenerate_part,
    MMM_OT_make_loop,
    MMM_OT_mark_ranges,
    MMM_OT_unmark_range,
    MMM_OT_generate_story,
    MMM_OT_reroll_story,
    MMM_OT_add_story_line,
    MMM_OT_remove_story_line,
    MMM_OT_move_story_line,
    MMM_OT_paste_story,
    MMM_OT_vary,
    MMM_OT_clean_up_feet,
    MMM_OT_follow_path,
    MMM_OT_drop_take,
    MMM_OT_drop_other_takes,
    MMM_OT_pick_bone,
    MMM_OT_find_bones,
    MMM_OT_save_bone_preset,
    MMM_OT_load_bone_preset,
    MMM_OT_cancel,
    MMM_OT_randomize_seed,
    MMM_OT_use_text,
    MMM_OT_dismiss_notice,
)
