"""Keys for the systems of offices: an officer makes one within her own rights, and it ends with them."""
