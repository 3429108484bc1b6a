"""Measures how fast the guide is, beside a floor and two peers in the same run. Nothing here is served."""
