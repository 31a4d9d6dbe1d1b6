"""A programme that was tried is published from a page once a second person consents."""
