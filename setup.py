"""What pip builds beside the Python files: the pages' assets, by Node, where they are not built already.

An editable installation builds none: `make` does, and builds them again when they change.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).resolve().parent
BUILT = HERE / "src" / "quarterdeck" / "faces" / "web" / "static" / "built" / "app.css"


class WithPages(build_py):
    """Python files, and pages that look as they should."""

    def run(self) -> None:
        """Build the assets first, since they are the package's data."""
        if not self.editable_mode and not BUILT.exists():
            npm = shutil.which("npm")
            if npm is None:
                sys.exit("Quarterdeck was not built: its pages need npm. Install Node 20 or newer, then try again.")
            for words in (["ci", "--no-audit", "--no-fund", "--loglevel=error"], ["run", "--silent", "build"]):
                subprocess.run([npm, *words], cwd=HERE, check=True)  # noqa: S603  npm and our own words
        self.__dict__.pop("data_files", None)  # setuptools looks once; what was built since is there, too
        super().run()


setup(cmdclass={"build_py": WithPages})
