"""On the path of a test's own processes: what only tests install is not there, as where the product is installed."""

import sys

sys.modules["pyarrow"] = None  # type: ignore[assignment]  # whoever imports it meets an ImportError
