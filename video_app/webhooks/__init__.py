"""Telling other systems what became of films: signed messages, each a row, retried like mails."""
