"""Protocols, metrics, pictures and the report."""
