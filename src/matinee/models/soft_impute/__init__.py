"""SoftImpute: matrix completion with the nuclear norm."""
