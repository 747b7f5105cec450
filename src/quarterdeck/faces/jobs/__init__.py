"""Long work behind the pages: the worker that runs what services queued."""
