"""Bad days of the real server: two at once, killed, a full disk, a lock, a wrong clock, an update, a damaged file."""
