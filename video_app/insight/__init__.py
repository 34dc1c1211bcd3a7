"""What was watched and how well it played, without remembering who watched."""
