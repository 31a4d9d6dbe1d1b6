"""What the last audits of all four services found: kept here, because the machine room has no other place in common."""
