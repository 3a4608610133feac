"""The report and the files that an evaluation leaves."""
