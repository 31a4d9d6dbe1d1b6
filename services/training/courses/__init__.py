"""Courses and briefings: planned by an office, attended by the persons and groups referred to it."""
