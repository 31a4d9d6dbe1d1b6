"""The sessions of officers: what a sign-in begins, what ends it, and how its end counts in every service."""
