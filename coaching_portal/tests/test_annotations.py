"""What the apps offer each other says what it takes and what it gives back."""

import importlib
import inspect
import pkgutil

import pytest

APPS = ("bookings", "training", "profiles", "coaching_portal.billing")


def actions():
    """Every public function of a module of actions, by its name."""
    for app in APPS:
        package = importlib.import_module(f"{app}.actions")
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            found = inspect.getmembers(importlib.import_module(module.name), inspect.isfunction)
            for name, function in found:
                if function.__module__ == module.name and not name.startswith("_"):
                    yield pytest.param(function, id=f"{module.name}.{name}")


@pytest.mark.parametrize("action", list(actions()))
def test_an_action_says_what_it_takes_and_what_it_gives_back(action):
    signature = inspect.signature(action)

    said = {name: each.annotation for name, each in signature.parameters.items()}
    said["return"] = signature.return_annotation

    assert [
        name for name, annotation in said.items() if annotation is inspect.Signature.empty
    ] == []
