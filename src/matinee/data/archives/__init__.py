"""Archives and compressed files, unpacked safely."""
