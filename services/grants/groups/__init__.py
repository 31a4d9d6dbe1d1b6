"""What grants has to know of groups: which are frozen, and which have split."""
