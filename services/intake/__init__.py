"""Intake: who people are, whether a programme is for them, and the journey that takes them through it."""
