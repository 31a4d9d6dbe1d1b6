"""Money that comes back: loans without interest, their instalments, and what was repaid of them."""
