"""docs/security.md says which tests try each attack: all of them exist, and none is left out."""

import re

from django.conf import settings

from coaching_portal.tests.test_promises import names_in

TEXT = (settings.BASE_DIR / "docs" / "security.md").read_text()
NAMED = {tuple(name.split("::")) for name in re.findall(r"`([\w/]+\.py::\w+)`", TEXT)}


def test_every_test_that_is_named_exists():
    missing = [f"{path}::{test}" for path, test in NAMED if test not in names_in(path)]

    assert len(NAMED) > 50
    assert missing == []


def test_every_file_of_attacks_on_accounts_is_named():
    files = (settings.BASE_DIR / "profiles" / "tests").glob("test_attack_*.py")

    assert {f"profiles/tests/{file.name}" for file in files} <= {path for path, _ in NAMED}
