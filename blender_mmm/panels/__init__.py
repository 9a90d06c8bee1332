"""One panel per file, and what they draw with."""

from __future__ import annotations

from typing import Final

from .edit_panel import MMM_PT_edit, MMM_PT_edit_dopesheet, MMM_PT_edit_graph, MMM_UL_ranges
from .feet_panel import MMM_PT_feet
from .generate_panel import MMM_PT_generate
from .mapping_panel import MMM_PT_bones
from .options_panel import MMM_PT_options
from .recent_texts import MMM_MT_recent_texts
from .status_panel import MMM_PT_status
from .story_panel import MMM_PT_story, MMM_UL_story
from .takes_panel import MMM_PT_takes, MMM_UL_takes

CLASSES: Final = (
    MMM_MT_recent_texts,
    MMM_UL_ranges,
    MMM_UL_story,
    MMM_UL_takes,
    MMM_PT_status,
    MMM_PT_generate,
    MMM_PT_edit,
    MMM_PT_edit_dopesheet,
    MMM_PT_edit_graph,
    MMM_PT_story,
    MMM_PT_takes,
    MMM_PT_feet,
    MMM_PT_bones,
    MMM_PT_options,
)
