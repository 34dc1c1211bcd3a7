"""System checks of the settings this app reads."""
