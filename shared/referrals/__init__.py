"""A referral is a promise with a clock: the worklist that every service with stages of its own keeps.

This package knows what may happen to a referral and tells it; what the work of a stage consists of, its slice says
with a `StageWork` (see `work.py`).
"""
