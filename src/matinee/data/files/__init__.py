"""Ratings files as they come: told apart, read quickly, or read to the line where something is wrong."""
