"""How an action says no."""


class Refusal(Exception):
    """Something cannot be done; the text says why, and is for the user."""
