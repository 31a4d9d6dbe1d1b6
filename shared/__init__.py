"""What the four services have in common: none of it knows what a service does."""
