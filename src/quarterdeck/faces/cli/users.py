"""Logins from the command line: the first one is made here."""

from __future__ import annotations

from typing import Annotated

import typer

from quarterdeck.faces.cli.operating import DataDir, migrate, operator

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
        list[str] | None, typer.Option(help="What they do; repeat for several. Empty: director and operations.")
    ] = None,
    team: Annotated[str, typer.Option(help="The team's code; empty means the company's root.")] = "",
    data_dir: DataDir = None,
) -> None:
    """Add a login (and the person, when nobody has this address)."""
    migrate(data_dir)
    from quarterdeck.services.users import FIRST_HATS, NewUser, user_added

    hats = tuple(hat) if hat else FIRST_HATS
    user_added(operator(), NewUser(email=email, name=name, hats=hats, team_code=team, password=password))
    typer.echo(f"{email} can sign in, with the hat of {' and '.join(hats)}.")


@app.command("list")
def list_users(data_dir: DataDir = None) -> None:
    """List logins."""
    migrate(data_dir)
    from quarterdeck.faces.cli.show import table
    from quarterdeck.services.users import users_listed

    rows = [(user.email, str(user), "yes" if user.is_active else "no") for user in users_listed(operator())]
    table("", ("email", "name", "active"), rows)


@app.command()
def password(email: Email, password: Password, data_dir: DataDir = None) -> None:
    """Set somebody's password."""
    migrate(data_dir)
    from quarterdeck.services.users import user_password_set

    user_password_set(operator(), email, password)
    typer.echo(f"{email} has a new password.")


@app.command()
def deactivate(email: Email, data_dir: DataDir = None) -> None:
    """Stop a login from signing in; nothing of theirs is deleted."""
    migrate(data_dir)
    from quarterdeck.services.users import user_deactivated, user_with_address

    user_deactivated(operator(), user_with_address([email]).pk)
    typer.echo(f"{email} can no longer sign in.")
