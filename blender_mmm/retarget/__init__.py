"""Motion on our skeleton to poses of any humanoid rig; numpy only, no bpy."""
