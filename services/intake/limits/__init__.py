"""The limits that the law sets: one register of them, and which passed while Kail stood still."""
