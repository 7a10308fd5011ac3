"""What every refusal of the ledger is: an exception whose text the user can read."""


class Refusal(Exception):
    """Something cannot be done, and the text says why."""
