"""What a coordinator does about a journey: nudge an office, ask it why, flag, put it on the agenda of a meeting."""
