"""The Nu HTML checker: a Java program that checks many pages in one start.

`.ci/nu` fetches it. Where it or Java is missing, tests that need it are skipped, but never in CI.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

JAR = Path(__file__).parents[3] / "var" / "tools" / "vnu.jar"


class Checker:
    """`keep` pages by what they are called, then ask for `complaints` about all of them."""

    def __init__(self):
        self.pages = {}

    def keep(self, name, html):
        self.pages.setdefault(name, html)

    def complaints(self, folder):
        """Errors and warnings, each beginning with the name of its page."""
        names = {}
        for number, (name, html) in enumerate(self.pages.items()):
            file = folder / f"{number}.html"
            file.write_text(html)
            names[file.as_uri().replace("file:///", "file:/")] = name
        return [
            f"{names[said['url']]}: {said['message']} {said.get('extract', '')!r}"
            for said in _ask(folder)
        ]


def _ask(folder):
    """One file may be an error of the checker itself, which must not pass for no complaint."""
    command = [_java(), "-Xss1m", "-jar", str(_jar()), "--format", "json", str(folder)]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    return [said for said in json.loads(answer.stderr)["messages"] if _is_of_interest(said)]


def _is_of_interest(said):
    return said["type"] != "info" or said.get("subType") == "warning"


def _java():
    return shutil.which("java") or _lacking("Java is missing: install a JRE, for example with apt.")


def _jar():
    return JAR if JAR.exists() else _lacking("The Nu HTML checker is missing: run .ci/nu.")


def _lacking(reason):
    if os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
