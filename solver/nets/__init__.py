"""The solver's small neural nets, as plain torch modules without weights."""
