"""Trial numbers and records: links, our copy of known trials, the live look-up, and what a record says."""
