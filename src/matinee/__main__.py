"""``python -m matinee``: the command line."""

from matinee.cli.main import main

main()
