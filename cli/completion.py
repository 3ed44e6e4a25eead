"""`orrery completion`: the script that makes a shell complete commands and options."""

import click
from click.shell_completion import get_completion_class

#: Where bash looks for the completions of one user.
BASH_FOLDER = "~/.local/share/bash-completion/completions"


@click.command(epilog=f"\b\nExample:\n  orrery completion bash > {BASH_FOLDER}/orrery")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the completion script for SHELL."""
    complete = get_completion_class(shell)
    if complete is None:
        raise click.UsageError(f"click knows no completion for {shell}")
    root = ctx.find_root()
    click.echo(complete(root.command, {}, "orrery", "_ORRERY_COMPLETE").source())
