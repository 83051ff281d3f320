"""Policies by name: the shipped default and the examples beside it, or the operator's own file or directory."""

from importlib.resources import as_file, files
from pathlib import Path

from monitor.core.errors import PolicyError
from monitor.core.policy.model import Policy
from monitor.policy_file import load_policy

DEFAULT = "default"
"""The shipped policy, which applies where nobody wrote one."""
_EXAMPLES = files("monitor.policies").joinpath("examples")
_SUFFIX = ".yaml"


def examples() -> tuple[str, ...]:
    """The names of the shipped examples.

    >>> examples()
    ('airline', 'retail', 'triage')
    """
    found = (entry.name for entry in _EXAMPLES.iterdir())
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in found if name.endswith(_SUFFIX)))


def shipped(name: str | Path) -> Policy | None:
    """The shipped policy of that name; None where there is none, or where a file or directory of that name stands."""
    text = str(name)
    if Path(text).exists():
        return None
    if text == DEFAULT:
        return load_policy(None)
    if text not in examples():
        return None
    with as_file(_EXAMPLES.joinpath(text + _SUFFIX)) as file:
        return load_policy(file)


def named_policy(name: str | Path) -> Policy:
    """The policy that an operator names: a file or directory, ``default``, or one of the examples.

    Raises:
        PolicyError: with every problem; where nothing of that name is found, with the names there are.
    """
    found = shipped(name)
    if found is not None:
        return found
    path = Path(name)
    if not path.exists():
        known = ", ".join((DEFAULT, *examples()))
        raise PolicyError([f"{name}: cannot be read: no such file or directory, nor one of the shipped: {known}"])
    return load_policy(path)
