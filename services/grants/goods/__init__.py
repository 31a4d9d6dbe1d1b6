"""Goods for a person or a group: proposal, decision, order, hand-over line by line, and the account of the money."""
