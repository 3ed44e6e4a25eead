"""The table of commands: name, where it lives, and the line that `orrery --help` shows."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """A command that is imported only when it is called: `module:attribute`."""

    target: str
    summary: str


#: Sections of `orrery --help`, each with its commands in the order a newcomer meets them.
SECTIONS: dict[str, dict[str, Entry]] = {
    "Solve pictures here": {
        "solve": Entry("cli.solve:solve", "Solve pictures, no service needed."),
        "explain": Entry("cli.explain:explain", "Draw every stage of one solution."),
        "models": Entry("cli.models:models", "List and show the models that can solve."),
    },
    "Labelled datasets": {
        "generate": Entry("cli.generate:generate", "Make a labelled dataset of puzzles."),
        "evaluate": Entry("cli.evaluate:evaluate", "Measure accuracy on a labelled dataset."),
        "train": Entry("cli.train:train", "Train a new model on a labelled dataset."),
        "labels": Entry("cli.labels:labels", "List label problems and likely label errors."),
    },
    "Run the service": {
        "demo": Entry("cli.demo:demo", "Start a service, solve a made batch, show the score."),
        "up": Entry("cli.up:up", "Run the whole service on this machine."),
        "api": Entry("cli.api:api", "Run the HTTP API alone."),
        "worker": Entry("cli.worker:worker", "Run a worker alone."),
        "beat": Entry("cli.beat:beat", "Run the scheduler and dispatcher alone."),
        "backup": Entry("cli.backup:backup", "Copy database and pictures to a folder."),
        "restore": Entry("cli.backup:restore", "Put a backup into an empty service."),
        "doctor": Entry("cli.doctor:doctor", "Check a set-up and say how to mend it."),
        "health": Entry("cli.health:health", "Tell whether the API or a worker here is well."),
        "db": Entry("cli.db:db", "Create and upgrade the database."),
    },
    "Talk to a running service": {
        "submit": Entry("cli.submit:submit", "Send pictures to a service."),
        "jobs": Entry("cli.jobs:jobs", "List, show, follow and cancel jobs."),
        "datasets": Entry("cli.datasets:datasets", "Upload and list labelled datasets."),
        "evaluations": Entry("cli.evaluations:evaluations", "Read the accuracy log."),
        "keys": Entry("cli.keys:keys", "Create, list and revoke API keys."),
    },
    "This command": {
        "completion": Entry("cli.completion:completion", "Print a shell completion script."),
    },
}

#: What `orrery` alone advises to begin with: a command, and what for.
FIRST = {
    "orrery solve PICTURE": "solve pictures here and now",
    "orrery demo": "see the whole service at work",
    "orrery --help": "say in a line what each command does",
}
