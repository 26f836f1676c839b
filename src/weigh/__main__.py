"""`python -m weigh` runs the command line."""

from weigh.cli import main

if __name__ == "__main__":
    main()
