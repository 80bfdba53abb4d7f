"""The broker beside a naive market: a state machine that finds where the two differ, on any store."""
