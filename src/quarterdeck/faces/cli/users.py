"""Logins from the command line: the first one is made here."""

from __future__ import annotations

from typing import Annotated

import typer

from quarterdeck.faces.cli.operating import DataDir, operator, ready

app = typer.Typer(help="Logins: add, list, set a password, deactivate.", no_args_is_help=True)
Email = Annotated[str, typer.Argument(help="The address they sign in with.")]
Password = Annotated[
    str, typer.Option(prompt=True, confirmation_prompt=True, hide_input=True, help="Asked when not given.")
]


@app.command()
def add(
    email: Email,
    password: Password,
    name: Annotated[str, typer.Option(help="Full name; empty means the address.")] = "",
    hat: Annotated[
        str, typer.Option(help="What they do: rep, manager, director, operations, finance, ...")
    ] = "operations",
    team: Annotated[str, typer.Option(help="The team's code; empty means the company's root.")] = "",
    data_dir: DataDir = None,
) -> None:
    """Add a login (and the person, when nobody has this address)."""
    ready(data_dir)
    from quarterdeck.services.users import user_added

    user = user_added(operator(), email=email, password=password, name=name, hat=hat, team=team)
    typer.echo(f"{user.email} can sign in, with the hat of {hat}.")


@app.command("list")
def list_users(data_dir: DataDir = None) -> None:
    """List logins with their hats."""
    ready(data_dir)
    from quarterdeck.faces.cli.show import table
    from quarterdeck.services.users import user_rows

    rows = user_rows(operator())
    table(
        "",
        ("email", "name", "hats", "active"),
        [(r.email, r.name, r.hats, "yes" if r.is_active else "no") for r in rows],
    )


@app.command()
def password(email: Email, password: Password, data_dir: DataDir = None) -> None:
    """Set somebody's password."""
    ready(data_dir)
    from quarterdeck.services.users import password_set

    password_set(operator(), email=email, password=password)
    typer.echo(f"{email} has a new password.")


@app.command()
def deactivate(email: Email, data_dir: DataDir = None) -> None:
    """Stop a login from signing in; nothing of theirs is deleted."""
    ready(data_dir)
    from quarterdeck.services.users import user_deactivated

    user_deactivated(operator(), email=email)
    typer.echo(f"{email} can no longer sign in.")
