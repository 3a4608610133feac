"""Truncated singular value decomposition of sparse matrices, with a certificate."""
