"""Dry runs: a programme's file held against the whole registry, before anything is published."""
