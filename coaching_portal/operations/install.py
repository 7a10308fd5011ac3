"""Make `.venv` and keep its packages as the requirements say. Run by the Makefile.

It runs before any package is installed, so it imports the standard library only; and it is kept
readable for older versions of Python, whose users it tells what is missing.

    python install.py requirements.txt [requirements-dev.txt]
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time

OLDEST = (3, 11)
VENV = ".venv"
PYTHON = os.path.join(VENV, "bin", "python")


def main(requirements):
    insist_on_version()
    with open(requirements[0]) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two started at once wait for each other
        if not venv_works():
            make_venv()
        changed = [file for file in requirements if read(stamp(file)) != fingerprint(file)]
        if changed:
            install(changed)


def insist_on_version():
    if sys.version_info < OLDEST:
        sys.exit(
            f"✗ The portal needs Python 3.11 or newer; the newest found here is {version(2)}.\n"
            "  Install one, or name it: make run PYTHON=/path/to/python3.11"
        )


def version(places):
    return ".".join(str(part) for part in sys.version_info[:places])


def venv_works():
    """Whether its Python still runs (a system's upgrade can pull it away) and is new enough."""
    check = f"import pip, sys; sys.exit(sys.version_info < {OLDEST})"
    try:
        return subprocess.call([PYTHON, "-c", check], stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def make_venv():
    began = time.time()
    shutil.rmtree(VENV, ignore_errors=True)
    if subprocess.call([sys.executable, "-m", "venv", VENV]):
        shutil.rmtree(VENV, ignore_errors=True)
        sys.exit(
            f"✗ {sys.executable} cannot make virtual environments.\n"
            f"  On Debian and Ubuntu, install the package python{version(2)}-venv."
        )
    tell(f"Virtual environment, Python {version(3)}", began)


def install(requirements):
    began = time.time()
    print("… Packages: a minute or two, the first time", flush=True)
    command = [PYTHON, "-m", "pip", "install", "--quiet", "--no-input"]
    # Each file is compared with the hashes in the list: nobody slips in another on its way here.
    command += ["--disable-pip-version-check", "--require-hashes"]
    for file in requirements:
        command += ["-r", file]
    if subprocess.call(command):
        sys.exit("✗ The packages could not be installed; pip says why above.")
    for file in requirements:
        with open(stamp(file), "w", encoding="utf-8") as note:
            note.write(fingerprint(file))
    tell("Packages", began)


def stamp(file):
    """Where it is noted that this very list of packages has been installed."""
    return os.path.join(VENV, file + ".installed")


def fingerprint(file):
    return hashlib.sha256(read(file).encode()).hexdigest()


def tell(what, began):
    print(f"✓ {what:<56} {time.time() - began:5.1f} s", flush=True)


def read(path):
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8") as file:
        return file.read()


if __name__ == "__main__":
    main(sys.argv[1:])
