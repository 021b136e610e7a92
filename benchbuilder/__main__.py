"""``python -m benchbuilder`` is the command ``benchbuilder``."""

from benchbuilder.cli import main

main()
