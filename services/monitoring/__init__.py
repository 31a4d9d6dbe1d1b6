"""Monitoring: what became of it. Visits, graduation, and the figures that show where everybody is."""
