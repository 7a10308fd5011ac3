"""Backup and restore: one archive of database and uploaded files, which can be shown to be whole.

The keys (SECRET_KEY, VAULT_KEYS) are never in it: whoever finds an archive cannot open what is
encrypted in it, and whoever restores one brings the keys from where they are kept.
"""


class BackupError(Exception):
    """What prevents a backup or a restore, and what to do: for the admin to read."""
