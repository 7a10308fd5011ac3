"""What is installed is what was meant: every version is pinned, and every file has its hash."""

import re
import venv
import zipfile
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.conf import settings

from coaching_portal.operations import install

FILES = ("requirements.txt", "requirements-dev.txt")
PACKAGE = re.compile(
    r"^([a-z0-9._-]+)==(\S+) \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.M
)


def packages(name):
    """{package: (version, its hashes)} of a list."""
    text = (settings.BASE_DIR / name).read_text()
    found = {
        package: (version, frozenset(re.findall(r"sha256:(\w+)", hashes)))
        for package, version, hashes in PACKAGE.findall(text)
    }
    rest = PACKAGE.sub("", text)
    assert [line for line in rest.splitlines() if not line.startswith("#")] == []
    return found


@pytest.mark.parametrize("name", FILES)
def test_every_version_is_pinned_and_has_hashes(name):
    found = packages(name)

    assert len(found) > 30
    # A package that has nothing but one file can be installed from that one file only.
    assert all(hashes for _, hashes in found.values())
    # Of those that are compiled: more than the file of one Python on one platform.
    assert all(len(found[p][1]) > 10 for p in ("cffi", "granian") if p in found)


def test_both_lists_agree_and_can_be_installed_in_one_call():
    product, tools = map(packages, FILES)

    both = product.keys() & tools.keys()
    assert both
    assert {name for name in both if product[name] != tools[name]} == set()


@pytest.mark.parametrize("name", FILES)
def test_no_list_names_where_packages_come_from(name):
    text = (settings.BASE_DIR / name).read_text()

    assert not re.search(r"https?:|--(extra-)?index|--find-links|--trusted-host", text)


def wheel(folder):
    """A package of nothing, as a file that pip installs."""
    path = folder / "heron_of_tests-1.0-py3-none-any.whl"
    info = "heron_of_tests-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("heron_of_tests.py", "")
        file.writestr(
            f"{info}/METADATA", "Metadata-Version: 2.1\nName: heron-of-tests\nVersion: 1.0\n"
        )
        file.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        file.writestr(f"{info}/RECORD", "")
    return path


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """A folder with a virtual environment, where packages come from the folder alone."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    venv.create(install.VENV, with_pip=False, symlinks=True)
    # Its pip is that of the tests, so that none has to be made.
    packages = next((tmp_path / install.VENV).glob("lib/python*/site-packages"))
    (packages / "pip").symlink_to(Path(find_spec("pip").origin).parent)
    return tmp_path


def listed(folder, digest):
    text = f"heron-of-tests==1.0 \\\n    --hash=sha256:{digest}\n"
    for name in FILES:
        (folder / name).write_text(text)
    return list(FILES)


def is_installed(folder):
    return bool(list((folder / install.VENV).glob("lib/python*/site-packages/heron_of_tests.py")))


def test_a_file_with_its_hash_is_installed(elsewhere):
    digest = sha256(wheel(elsewhere).read_bytes()).hexdigest()

    install.main(listed(elsewhere, digest))

    assert is_installed(elsewhere)


def test_a_file_with_another_hash_is_refused(elsewhere):
    wheel(elsewhere)

    with pytest.raises(SystemExit, match="could not be installed"):
        install.main(listed(elsewhere, "0" * 64))

    assert not is_installed(elsewhere)


def test_a_package_without_a_hash_is_refused(elsewhere):
    wheel(elsewhere)
    for name in FILES:
        (elsewhere / name).write_text("heron-of-tests==1.0\n")

    with pytest.raises(SystemExit, match="could not be installed"):
        install.main(list(FILES))

    assert not is_installed(elsewhere)
