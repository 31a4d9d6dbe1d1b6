"""Mentoring: students of a university teach bookkeeping for a term; what counts is a cash book that is really kept."""
