"""What ``packaging/run.py`` does: environments from the lock, system libraries, demo, tests, benchmarks."""
