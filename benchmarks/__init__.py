"""What everything takes, beside a baseline: `python -m benchmarks` runs what is about speed."""
