"""Where everybody is: the process map, the lists behind its numbers, and each journey's whole story."""
