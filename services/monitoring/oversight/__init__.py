"""The coordinator's dashboard: who waits for whom, what is late, who is reached, what the money and the promises do."""
