"""Films of every kind, sane and hostile, through the pipeline."""
