"""Money and goods: the funds an office answers for, and the goods bought from them for a person or a group."""
