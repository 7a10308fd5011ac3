"""PostgreSQL and Valkey from their wheels, for a portal on one machine.

Settings ask here for addresses; `manage.py portal` and the tests start the servers. What the
servers need to be found again (ports, password, secret key) lies under `var/embedded/`.
"""

import json
import os
import secrets
from pathlib import Path

STATE = Path("embedded", "state.json")


def state(var_dir):
    """Ports and secrets of this `var/`, made on first use: a dict that stays the same."""
    path = Path(var_dir) / STATE
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = {"secret_key": secrets.token_urlsafe(50)}
        partial = path.with_suffix(f".{os.getpid()}")
        partial.write_text(json.dumps(fresh))
        partial.chmod(0o600)
        try:
            os.link(partial, path)  # fails where another process was first; its file counts
        except FileExistsError:
            pass
        finally:
            partial.unlink()
    return json.loads(path.read_text())


def remember(var_dir, **values):
    """Add values (a port, a password) to the state."""
    merged = state(var_dir) | values
    path = Path(var_dir) / STATE
    partial = path.with_suffix(f".{os.getpid()}")
    partial.write_text(json.dumps(merged))
    partial.chmod(0o600)
    os.replace(partial, path)


def secret_key(var_dir):
    return state(var_dir)["secret_key"]


def database_url(var_dir):
    known = state(var_dir)
    password, port = known.get("postgres_password", ""), known.get("postgres_port", 5432)
    return f"postgresql://portal:{password}@127.0.0.1:{port}/portal"


def redis_url(var_dir):
    return f"redis://127.0.0.1:{state(var_dir).get('valkey_port', 6379)}/0"
