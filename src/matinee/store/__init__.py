"""Saved models: safe arrays and a manifest, atomic and checksummed."""
