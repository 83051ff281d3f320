"""The phases of a partition's life and the order of a batch (DESIGN.md 6.2)."""

from enum import Enum

from monitor.delivery.rules import ALL_RULES, Rule
from monitor.delivery.steps import Step


class Phase(Enum):
    """Where the partition is in its life."""

    UNASSIGNED = "unassigned"
    RECOVERING = "recovering"
    READY = "ready"
    BUSY = "busy"
    STOPPED = "stopped"


def batch_order(rules: frozenset[Rule] = ALL_RULES) -> tuple[Step, ...]:
    """The steps of a batch. Without a rule: the order that rule forbids.

    >>> [step.name for step in batch_order()]
    ['DECIDE', 'SEND', 'CHANGELOG', 'STORE', 'CONTROL', 'COMMIT']
    """
    order = [Step.DECIDE, Step.SEND, Step.CHANGELOG, Step.STORE, Step.CONTROL, Step.COMMIT]
    if Rule.OUTPUTS_BEFORE_STATES not in rules:
        order = [Step.DECIDE, Step.CHANGELOG, Step.STORE, Step.SEND, Step.CONTROL, Step.COMMIT]
    if Rule.STATES_BEFORE_CONTROL not in rules:
        order.remove(Step.CONTROL)
        order.insert(order.index(Step.CHANGELOG), Step.CONTROL)
    return tuple(order)
