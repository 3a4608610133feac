"""Saved models: safe arrays, a JSON manifest and ids as Arrow; atomic, checksummed, versioned, no pickle.

A model is a directory: ``manifest.json`` and the payload files that it names, each with a part of its own
SHA-256 in its name. A payload is never changed in place; saving over a model writes new payloads beside the
old ones, then swaps the manifest. Whoever reads sees the old model or the new one.
"""
