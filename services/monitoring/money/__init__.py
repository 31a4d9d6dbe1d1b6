"""What the funds did, as far as grants has announced it."""
