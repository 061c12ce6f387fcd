"""Pretrained models: what is known of each, bringing it here, and thin runners for the roles they play."""
