"""Backups: rows and files of an installation in one folder or under one prefix of a bucket."""
