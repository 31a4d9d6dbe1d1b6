"""`kail simulate`: officers who do not exist work through the agencies' real HTTP endpoints.

They are clients like any other: they sign in, read their worklists, accept, decline, forget, correct and complete, and
know nothing of the services but their addresses. What they do is drawn from a seed. Only the operator's two acts are
not done over HTTP by an officer: asking whether the events have settled, and moving the domain's clock to another day.
"""
