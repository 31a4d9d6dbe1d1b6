"""A programme that has run on paper is taken over: its journeys begin in Kail where its papers say that they stand."""
