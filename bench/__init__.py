"""Measures how fast the guide is, beside a floor measured in the same run. Nothing here is served or tested."""
