"""What can be done on the way to a market: book and hold fairs, list products, agree with buyers, close the stage."""
