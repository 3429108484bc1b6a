"""Keeps preparations: tables, migrations, and the few operations on them."""
