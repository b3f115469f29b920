"""Speed and size, each a command that prints a table: ``python -m benchmarks.kernel`` and so on.

Figures that are compared come from one run on one machine, as medians with their spread. Nothing
here passes or fails: it shows.
"""
