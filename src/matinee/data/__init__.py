"""Ratings in: files, tables and the built-in sample, validated once."""
