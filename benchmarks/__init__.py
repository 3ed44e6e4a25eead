"""Speed and memory, side by side on the same pictures: `python -m benchmarks`."""
