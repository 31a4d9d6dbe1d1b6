"""Training: what people learn on their way, who taught it, and who was there."""
