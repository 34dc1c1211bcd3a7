"""How gunicorn serves: whole requests to threads, so that slow clients hold none."""
