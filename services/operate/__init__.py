"""What an operator does with a running Kail: audit it, look at held events, tell a projection everything again."""
