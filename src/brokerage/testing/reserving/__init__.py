"""The broker beside a naive market of reservations and tenders: a state machine that finds where they differ."""
