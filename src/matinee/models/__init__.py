"""The models, one file or folder each, and their registry."""
