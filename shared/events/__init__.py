"""What the services say to each other: the envelope, and one file of event classes per announcing service."""
