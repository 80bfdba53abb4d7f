"""Items that are not yet on the market: who registers them, who reserves them, who hears of it (spec N1, N2)."""
