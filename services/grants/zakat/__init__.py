"""Support out of zakat: who is entitled (mustahik), and whether money is given, lent without interest, or refused."""
