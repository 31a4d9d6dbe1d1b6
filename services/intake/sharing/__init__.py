"""What follows from a consent: a waiting stage is offered; taken back, offers are withdrawn and copies deleted."""
