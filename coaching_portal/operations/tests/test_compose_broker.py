"""The broker of compose.yaml, run by the embedded server's program: it asks for a password."""

import subprocess
import time
from pathlib import Path

import pytest
import redis
import yaml
from django.conf import settings

from coaching_portal.operations import embedded
from coaching_portal.operations.embedded import valkey

PASSWORD = "quietherons"


@pytest.fixture
def broker(tmp_path):
    """The port of a server that was started with the command of compose.yaml."""
    port = embedded.free_port()
    # The image's entry point only changes the user.
    entry_point = tmp_path / "docker-entrypoint.sh"
    entry_point.write_text(f'#!/bin/sh\nshift\nexec "{valkey._binary()}" --port {port} "$@"\n')
    entry_point.chmod(0o755)
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "BROKER_PASSWORD": PASSWORD}
    script = services()["broker"]["command"][2].replace("$$", "$")
    server = subprocess.Popen(["sh", "-c", script], env=environment, cwd=tmp_path)
    wait_for(port)
    yield port
    server.kill()
    server.wait()


def services():
    compose = Path(settings.BASE_DIR) / "compose.yaml"
    return yaml.safe_load(compose.read_text())["services"]


def wait_for(port):
    for _ in range(100):
        try:
            redis.Redis(port=port, password=PASSWORD).ping()
        except redis.ConnectionError:
            time.sleep(0.1)
        else:
            return


def test_nobody_without_the_password_is_answered(broker):
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=broker).ping()
    assert redis.Redis(port=broker, password=PASSWORD).ping()


def test_the_portal_is_given_the_same_password():
    address = services()["web"]["environment"]["REDIS_URL"]

    assert address.startswith("redis://:${BROKER_PASSWORD:?")
