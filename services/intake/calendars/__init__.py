"""The calendar that a city adds to the national one: its own holidays, joint leave, late decrees, with their source."""
