"""Public data sets: fetched, verified, unpacked safely."""
