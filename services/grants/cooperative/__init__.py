"""Cooperatives: who joined or founded which one, what its members save, and the capital that they are lent."""
