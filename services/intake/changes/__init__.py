"""What befalls people and groups on the way: two records of one person, a death, a group that ends or splits."""
