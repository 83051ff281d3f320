"""The standing of a system: what its sessions must know of it (DESIGN.md section 3, "one way back")."""

from monitor.core.events import Standing
from monitor.core.system.state import SystemState


def standing_of(state: SystemState, policy: str) -> Standing:
    """The standing as the state has it now: ceilings, grants, how far bounds moved, what is a storm, what is usual."""
    return Standing(
        system_id=state.system_id,
        version=state.version,
        ceilings={name: breaker.in_force for name, breaker in state.breakers.items()},
        granted={name: breaker.granted for name, breaker in state.breakers.items()},
        shift=state.spending.shift,
        realised=state.spending.told,
        storms={name: each.escalation_id for name, each in state.storms.items() if each.escalation_id is not None},
        shadowed=state.shadowed,
        baselines=dict(state.usual.told),
        everyday=state.usual.words.told,
        at=state.now,
        policy=policy,
    )
