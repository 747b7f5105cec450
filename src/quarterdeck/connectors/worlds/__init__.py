"""Invented companies that enter by the same door as a real CRM: the demo, the docs and the tests share one."""

from quarterdeck.connectors.worlds.company import LargeWorld, large_world, world
from quarterdeck.connectors.worlds.files import world_files
from quarterdeck.connectors.worlds.story import LOGINS

__all__ = ["LOGINS", "LargeWorld", "large_world", "world", "world_files"]
