"""What the command ``explorer`` can do: one file per command, each with ``add(commands)``, and one line here."""

from explorer.commands import analyze, answers, app, inspect

COMMANDS = (analyze, inspect, answers, app)

__all__ = ["COMMANDS"]
