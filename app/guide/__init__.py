"""The heart: packs, conditions, the way through the questions, the sort, and its proof. Pure."""
