"""One act for hundreds of referrals, done in the background piece by piece, with its progress and what was not done.

An officer says what is to be done and for whom; it is tried for each and taken back, so that she sees what would
happen; with her second press it is done. A piece is done in one transaction with the note of what became of each: a
worker that is killed has done it wholly or not at all, and whoever goes on, or is asked twice, finds only what still
waits.
"""
