"""What the rights over her own data have in common: who serves them, how she shows who she is, and the law's limits."""
