"""Everything that a player needs: sources, media files by byte range, captions and impression tokens."""
