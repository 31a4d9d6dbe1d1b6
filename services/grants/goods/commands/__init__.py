"""What an office can do with a goods grant, step by step: propose, decide, order, hand over, account, call off.

Everything that touches money locks in one order, grants by their id and then funds by theirs, so that no two officers
wait for each other.
"""
