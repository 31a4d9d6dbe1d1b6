"""The stage `monitoring.visits`: an officer sees the business three times in a year and writes down how it does."""
