"""Every example in every docstring runs, found by walking the package, not by a list."""

import doctest
import importlib
import pkgutil
from types import ModuleType

import pytest

import quarterdeck


def modules() -> list[str]:
    return [
        found.name
        for found in pkgutil.walk_packages(quarterdeck.__path__, "quarterdeck.")
        if ".migrations" not in found.name and not found.name.endswith("asgi")
    ]


@pytest.mark.parametrize("name", modules())
def test_the_examples_of_a_module_say_the_truth(name: str) -> None:
    module: ModuleType = importlib.import_module(name)
    result = doctest.testmod(module, optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    assert result.failed == 0


def test_the_engine_is_full_of_examples() -> None:
    finder = doctest.DocTestFinder(exclude_empty=True)
    found = [
        example
        for name in modules()
        if name.startswith(("quarterdeck.engine", "quarterdeck.terms"))
        for test in finder.find(importlib.import_module(name))
        for example in test.examples
    ]
    assert len(found) > 40
