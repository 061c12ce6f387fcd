"""What the reviews of a title say in a country, and how two countries differ."""
