"""Draws added up, and what is kept of them."""
