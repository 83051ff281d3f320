"""Signals in plain words: why an escalation was raised, and what would have kept it silent.

For people outside engineering: no signal name, no number without what it counts. The numbers stand in the reading.
"""

REASON_TEXT: dict[str, str] = {
    "sentiment": "The user's tone is negative",
    "sentiment_shift": "The user's tone has become clearly worse than it was",
    "dissatisfaction": "The user is not content with what they got",
    "confusion": "The user does not understand the answer",
    "dispute": "The user disputes the answer",
    "accountability_request": "The user asks who is responsible for this",
    "human_request": "The user asks for a person",
    "handoff_missed": "The user asked for a person and none was offered",
    "new_problem": "The answer has made a new problem for the user",
    "loss_of_control": "The user is losing control of their own matter",
    "distress": "The user is in distress",
    "urgency": "The user says that it is urgent",
    "unsupported_claim": "The answer claims something its sources do not carry",
    "no_evidence": "The answer states facts and nothing it could rest on was there",
    "sources_conflict": "The sources behind the answer disagree",
    "ambiguity": "What is asked for, or known, can be read in two ways",
    "self_contradiction": "The AI contradicts what it said earlier in this session",
    "source_contradiction": "The answer contradicts its own sources",
    "stakes_rising": "More is at stake than when the session began",
    "final_decision": "The AI has made a final decision about the user",
    "irreversible_action": "The AI does something that cannot be undone",
    "no_recourse": "The answer takes something away and says neither why nor how to contest it",
    "opaque_recommendation": "The AI recommends something without saying on what grounds",
    "judgement_call": "What is good or right is left to the AI to judge",
    "publish_without_review": "The AI has published something that no person had reviewed",
    "out_of_role": "The AI acts outside its role",
    "beyond_policy": "The user asks for what the policy keeps from the AI",
    "tool_not_allowed": "The AI used a tool that it must not use",
    "limit_exceeded": "The AI went beyond a limit",
    "sequence_violation": "The AI took a step before what has to come first",
    "approval_missing": "It took effect before a person had approved it",
    "autonomy_exceeded": "The AI did more by itself than it may just now",
    "injected_instruction": "The AI was steered by an instruction hidden in what it read",
    "unauthorised_promise": "The AI promises what it is not known to be allowed to",
    "human_impersonation": "The AI passes itself, or its own check, off as a person's",
    "repeated_request": "The user has to ask for the same thing again",
    "stuck_loop": "The AI repeats the same step without getting further",
    "session_risk": "Several signs together say that this session needs a person",
}
"""Signal -> why a person is needed, as a sentence without a full stop. Complete for SIGNALS."""

SYSTEM_TEXT: dict[str, str] = {
    "drift": "One of its numbers has changed for the worse",
    "contradiction_rate": "The share of answers that contradict it or its sources",
    "unsupported_rate": "The share of answers that its sources do not carry",
    "overreach_rate": "The share of turns on which it does more by itself than it may",
    "escalation_rate": "The share of sessions that needed a person",
    "ceiling_ignored": "It was told that it is held back and went on",
    "autonomy_requested": "Somebody asks for more autonomy for it",
    "rule_imprecise": "People find one of its rules wrong too often",
    "storm": "Many of its sessions call for the same within minutes",
}
"""Signal of a whole system -> what it says; a share is to be followed by how large it is."""

COUNTERFACTUAL_TEXT: dict[str, str] = {
    "sentiment": "had the user's tone been less negative",
    "sentiment_shift": "had the user's tone stayed as it was",
    "dissatisfaction": "had the user not complained",
    "confusion": "had the user followed the answer",
    "dispute": "had the user not contested the answer",
    "accountability_request": "had the user not asked who is responsible",
    "human_request": "had the user not asked for a person",
    "handoff_missed": "had a person been offered, or joined",
    "new_problem": "had the answer made no new problem",
    "loss_of_control": "had the user been able to stop it, or to decide it themselves",
    "distress": "had the user shown no distress",
    "urgency": "had the user not called it urgent",
    "unsupported_claim": "had the sources carried what the answer claims",
    "no_evidence": "had it had a source for what it states",
    "sources_conflict": "had the sources agreed, or the answer said that they do not",
    "ambiguity": "had it been clear which was meant, or been asked",
    "self_contradiction": "had the answer agreed with what was said before",
    "source_contradiction": "had the answer agreed with its sources",
    "stakes_rising": "had it stayed as small a matter as it began",
    "final_decision": "had the answer prepared the decision instead of making it",
    "irreversible_action": "had the action been one that can be undone",
    "no_recourse": "had the answer said why, how to contest it, or who answers for it",
    "opaque_recommendation": "had the recommendation named its criteria",
    "judgement_call": "had the choice been left to a person",
    "publish_without_review": "had a person reviewed it first",
    "out_of_role": "had it kept to its topics",
    "beyond_policy": "had the user asked for what the policy lets it do",
    "tool_not_allowed": "had it kept to the tools it may use",
    "limit_exceeded": "had it kept within its limits",
    "sequence_violation": "had it kept to the order of steps",
    "approval_missing": "had a person approved it first",
    "autonomy_exceeded": "had it kept to what it may do by itself",
    "injected_instruction": "had the value come from the user and not from foreign content",
    "unauthorised_promise": "had a person, a tool or a source stood behind the promise",
    "human_impersonation": "had it said that it is a machine, or had a person looked",
    "repeated_request": "had the first answer settled the request",
    "stuck_loop": "had the step led anywhere",
    "session_risk": "had there been fewer or weaker signs",
    "drift": "had its numbers stayed as they were",
    "contradiction_rate": "had fewer of its answers contradicted it or its sources",
    "unsupported_rate": "had its sources carried more of what it claims",
    "overreach_rate": "had it kept to what it may do on more of its turns",
    "escalation_rate": "had fewer sessions needed a person",
    "ceiling_ignored": "had it held back when it was told to",
    "autonomy_requested": "had nobody asked for more autonomy",
    "rule_imprecise": "had people found the rule right more often",
    "storm": "had fewer sessions called for it at the same time",
}
"""Signal -> what would have kept it silent, to follow "This would have stayed silent"; of either stage, all of them."""


def reason_text(signal: str) -> str:
    """Why a signal needs a person; an unknown signal (an upstream evaluation) is named.

    >>> reason_text("dispute"), reason_text("toxicity")
    ('The user disputes the answer', 'toxicity crossed its bound')
    """
    return REASON_TEXT.get(signal, f"{signal} crossed its bound")
