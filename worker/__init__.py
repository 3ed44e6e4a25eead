"""Carries out jobs: claims chunks, solves their pictures, records the results."""
