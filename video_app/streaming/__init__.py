"""What players ask for: the film cache, playlists, links, bytes."""
