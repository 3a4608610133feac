"""Steps that several models share."""
