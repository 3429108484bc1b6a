"""From a preparation to what is printed."""
