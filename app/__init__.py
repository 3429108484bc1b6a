"""Which Cells?, a consultation guide for stem cell offers in Parkinson's disease."""
