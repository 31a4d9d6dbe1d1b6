"""A programme is a file: its definition, the checker that reads it, and the engine that carries journeys through it.

Pure: it knows no database, no web and no broker, so that a city can check and try a file on a laptop.
"""
