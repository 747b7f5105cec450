"""`quarterdeck`: everything an operator does.

Heavy parts are imported inside commands, so that --help answers at once.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from quarterdeck import __version__
from quarterdeck.faces.cli import computing, importing, operating, users
from quarterdeck.terms.errors import QuarterdeckFault, Refusal

app = typer.Typer(
    name="quarterdeck",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(computing.app, name="compute")
app.add_typer(users.app, name="user")
for command in (*operating.COMMANDS, *importing.COMMANDS):
    app.command()(command)
app.command("import")(importing.import_files)


@app.callback(invoke_without_command=True)
def main(
    version: Annotated[bool, typer.Option("--version", help="Say the version.")] = False,
) -> None:
    """A self-hosted operating system for sales leadership: goals to today's actions, every number explained."""
    if version:
        typer.echo(f"quarterdeck {__version__}")
        raise typer.Exit


def run() -> None:
    """The console script: a refusal is told in its three sentences (exit 2), a fault with a hint (exit 1)."""
    try:
        app()
    except Refusal as refusal:
        typer.echo(f"{refusal.what}\n  Why:  {refusal.why}\n  Next: {refusal.next_step}", err=True)
        sys.exit(2)
    except QuarterdeckFault as fault:
        typer.echo(f"Something in Quarterdeck is wrong: {fault}\n  Next: run `quarterdeck doctor`.", err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
