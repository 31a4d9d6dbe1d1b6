"""Whether the tests hold what they say: faults planted by hand, of which each has to make one fail."""
