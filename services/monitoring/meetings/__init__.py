"""The stage `monitoring.meeting`: agencies meet regularly on what does not move, decide, and give each other tasks."""
