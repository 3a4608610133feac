"""Ratings files and tables, read into typed columns."""
