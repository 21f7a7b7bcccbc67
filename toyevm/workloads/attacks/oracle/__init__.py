"""An oracle that believes a pool is deceived with a flash loan; the defence is an average over time."""
