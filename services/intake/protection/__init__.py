"""DP3A's compartment: what is said there in confidence stays there, and nothing outside shows that it was said."""
