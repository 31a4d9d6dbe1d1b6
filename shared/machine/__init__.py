"""The machine room: how a service stands, for those who run it, and what they may set right. The same for all four."""
