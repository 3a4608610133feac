"""The Python face of the compiled kernels. Only this room touches the native module.

Arrays in, arrays out: inputs are already validated. Each kernel has a plain NumPy twin of the same name
in `matinee.kernels.reference`, which the tests compare it with.
"""
