"""A failure of protection: what happened to whose data, and that she and the authority were told in time."""
