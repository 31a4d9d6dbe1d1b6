"""What an office leaves to another one: whatever a service keeps as an office's is its successor's from a day on."""
