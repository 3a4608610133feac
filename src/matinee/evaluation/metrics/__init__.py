"""Measures of an evaluation, from its rows alone."""
