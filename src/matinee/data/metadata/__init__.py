"""Titles, genres and attributes: found beside the ratings, or named."""
