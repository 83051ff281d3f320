"""What it cost to make the shipped policy calm: measured once, at the change; the command measures only what is now."""

from typing import NamedTuple


class Step(NamedTuple):
    """Tuned and held-out half: escalations per 1,000 calm sessions, and the share of bad ones escalated in time."""

    change: str
    file: str
    calm: tuple[int, int]
    caught: tuple[float, float]


STEPS = (
    Step("before", "maia_dqe", (280, 276), (0.28, 0.45)),
    Step("before", "betold", (100, 126), (0.21, 0.17)),
    Step(
        "naming one's own telephone number asks for nobody; an answer may be due again where the user spoke in between",
        "betold",
        (13, 20),
        (0.02, 0.02),
    ),
    Step(
        "discontent is said plainly and on the same turn (`new_problem`, `repeats_themselves`, `dissatisfied`); "
        "one's own mistake and a next step read as what they are",
        "maia_dqe",
        (40, 138),
        (0.22, 0.27),
    ),
    Step("confusion is said on the turn itself (`user_confused`)", "maia_dqe", (40, 103), (0.19, 0.23)),
    Step(
        "a person takes over where one is plainly asked for (0.7), not where a number or opening hours are",
        "maia_dqe",
        (40, 34),
        (0.19, 0.23),
    ),
)

NOTES = """Where calm stands now, and what is known of it:

- `betold` has intents and no words. Most of what was found there before rested on one misreading (giving one's
  telephone number was read as asking for a person); without it there is little that length does not tell as well.
- `maia_dqe` has 54 calm sessions: one escalation more or less is 19 per 1,000. Both halves are within the promise,
  the aim of 20 would be one escalation. The held-out sessions were not looked at; their escalations were counted by
  rule and score after each change.
- On `tau_airline` a session counts as calm when the booking ended right. Most of what is raised there are users who do
  ask for a person, and mood tells nothing about that reward: the longest sessions do.
- No other setting of `session_risk` (`keep` 0.9 to 0.98, `again` 0.25 to 1, any one weight left out) ranks the tuned
  halves of `maia_dqe`, `betold` and `tau_airline` better by more than chance; it was left as it was, but for the weight
  of `injected_instruction` (0.6 to 0.75), which brings it near the order of hard rules on `agentdojo`.
"""
