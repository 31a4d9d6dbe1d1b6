"""The registry: persons, their households and the lists they stand on, and how a file of them comes in."""
