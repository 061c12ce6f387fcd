"""Small, exact value types: languages, territories, money, time, ids and measured figures."""
