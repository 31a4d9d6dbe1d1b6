"""The web foundation of the four services: one way to make an app, guard a route, open a transaction, say an error."""
