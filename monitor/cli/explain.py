"""``oversight explain``: why an escalation exists, why at this level, and what would have kept it silent."""

import click

from monitor.cli.event_source import events_of, is_file, of_topic
from monitor.cli.lines import printable
from monitor.config import load_settings
from monitor.core.channels import BREAKER_TRANSITIONS, POLICIES
from monitor.core.errors import PolicyError
from monitor.core.events import Escalation
from monitor.core.policy.model import Policy
from monitor.policy_file import load_policy, policy_from_text
from monitor.policy_names import named_policy
from monitor.replay.explanation import explanation
from monitor.replay.life import Lives

__all__ = ["explain"]


@click.command()
@click.argument("escalation_id")
@click.option(
    "--from", "source", required=True, metavar="FILE|TOPIC", help="Events of a replay (.gz too, - too), or a topic."
)
@click.option("--policy", metavar="FILE", help="Look its rules up here; shipped ones by name, as `default`.")
@click.option("--technical", is_flag=True, help="Also what was measured: signals, bounds, positions, fingerprints.")
@click.option("--bootstrap-servers", metavar="HOST:PORT,…", help="Brokers [OVERSIGHT_BOOTSTRAP_SERVERS].")
@click.option("--prefix", metavar="TEXT", help="Put before every topic name [OVERSIGHT_TOPIC_PREFIX].")
def explain(
    *,
    escalation_id: str,
    source: str,
    policy: str | None,
    technical: bool,
    bootstrap_servers: str | None,
    prefix: str | None,
) -> None:
    """Say why ESCALATION_ID was raised, at this level, who owns it, and what would have kept it silent.

    The beginning of the id will do, or that of any of its events. From a topic (`escalations`) every partition is read
    to its end, without a group. The rules come from --policy, else from the policy it was decided under where that was
    published, or is the shipped one.
    """
    lives = Lives()
    settings = load_settings(bootstrap_servers=bootstrap_servers, topic_prefix=prefix)
    for output in events_of(settings, source):
        lives.add(output)
    life = lives.find(escalation_id, source)
    beside = () if is_file(source) else (POLICIES, BREAKER_TRANSITIONS)
    for output in (each for topic in beside for each in of_topic(settings, topic, must_exist=False)):
        lives.add(output)
    holds = lives.holds.get(life[-1].system_id, ())
    for line in explanation(life, _policy(policy, life[-1], lives), holds, technical=technical):
        click.echo("\n".join(printable(part) for part in line.split("\n")))


def _policy(named: str | None, it: Escalation, lives: Lives) -> Policy | None:
    """The policy to look rules up in: the one named, or the very one it was decided under."""
    if named is not None:
        return named_policy(named)
    published = lives.policies.get(it.policy)
    if published is not None:
        try:
            return policy_from_text(published.text)
        except PolicyError:  # of another version; the explanation says that it is not at hand
            return None
    shipped = load_policy(None)
    return shipped if shipped.fingerprint == it.policy else None
