"""Training the solver's nets from generated puzzles."""
