"""Matinee: film ratings predicted with the singular value decomposition and its descendants."""
