"""What waits for one officer, over all that a service does: a row for each act, with its date and the way to it.

Services do not call each other: each answers for itself, by page and API, and the start page puts the parts together
in the browser, the most urgent first.
"""
