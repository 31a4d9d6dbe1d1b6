"""Who is away, who stands in, and who acts for a post meanwhile: from when to when, and by which letter."""
