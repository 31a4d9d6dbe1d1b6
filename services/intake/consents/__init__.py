"""What each woman answered when she was asked whether an agency may be told of her. What follows: see `sharing`."""
