"""Tiles of no style: every part comes from a random process, so that no style is strange."""
