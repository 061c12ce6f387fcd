"""P(y | x) that a review is positive, neutral or negative, by embeddings and by n-grams."""
