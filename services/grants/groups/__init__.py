"""What grants has to know of groups: which are frozen."""
