"""Evaluations as one HTML file that needs no network and no script."""

from solver.reports.card import Card, card_of
from solver.reports.notes import Notes
from solver.reports.page import Run, render, write_report

__all__ = ["Card", "Notes", "Run", "card_of", "render", "write_report"]
