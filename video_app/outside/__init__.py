"""Talking to servers that strangers name: never to addresses of our own network."""
