"""What players ask for all day: plain Django views, one module per subject.

Each view's first step is the check of its right, a call into `streaming.access`.
"""
