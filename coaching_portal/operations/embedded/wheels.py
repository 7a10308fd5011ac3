"""Where a wheel was installed."""

import importlib.util
from pathlib import Path


def folder_of(package: str) -> Path:
    # find_spec does not import the package: importing one may have side effects.
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"{package} is not installed.")
    return Path(spec.submodule_search_locations[0])
