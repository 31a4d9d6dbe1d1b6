"""Her right to see: she asks what Kail holds of her, and is given all of it within the law's limit."""
