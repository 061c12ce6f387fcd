"""Prediction of ratings: what a viewer would give a title, and how sure that is."""
