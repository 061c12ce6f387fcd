"""``python -m crossreel`` is the command line."""

from crossreel.cli import run

if __name__ == "__main__":
    run()
