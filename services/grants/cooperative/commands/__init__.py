"""What an office can do with cooperatives: register one, note who joins or founds it, lend, and book what is saved.

Locks in one order: members by their id, cooperatives by theirs, then funds.
"""
