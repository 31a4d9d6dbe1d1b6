"""A fund is one line of a budget: its ceiling, and a ledger that tells where every rupiah of it stands."""
