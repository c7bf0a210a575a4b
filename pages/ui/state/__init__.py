"""What a visitor has chosen: kept in a session, written into the link, read back with care."""
