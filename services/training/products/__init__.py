"""Products: the ladder from made to order to licensed that a product climbs, rung by rung, with evidence for each."""
