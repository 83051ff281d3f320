"""``python -m monitor``: the command ``oversight``."""

from monitor.cli import main

if __name__ == "__main__":
    main(prog_name="oversight")
