"""Pages of clips: the studio's, the shared ones, and the media files themselves."""
