"""Everything that a player needs: playback URLs, media files, byte ranges, captions and impression tokens."""
