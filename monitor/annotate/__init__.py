"""An Interaction becomes an Annotation: one file per family of facts.

Keys of ``Annotation.facts``. A missing key means "cannot know" (no text, another language than English, another role);
0.0 means "looked, found nothing"; from 0.5 on it reads as it; weak signs of 0.2 to 0.45 only count together.

- every role with text: ``valence`` in [-1, 1] (above 1/3 positive, below -1/3 negative), ``question``, ``urgency``,
  ``hedging``;
- user and staff: ``dissatisfaction``, ``confusion``, ``dispute``, ``accountability``, ``human_request``, ``distress``,
  ``judgement_request`` (asks what is good, right, tasteful, worth publishing), ``satisfaction``;
- user and staff also, learned from labelled comments (``mood``): ``displeased`` (annoyed, disappointed, against),
  ``puzzled``, ``sad``; they only add to what is said in phrases, and their ``valence`` is learned as well;
- user also: ``agreement`` (a plain yes to what was proposed: no question, no "yes, but", no "if"), ``new_problem``
  (what was done made one), ``control_loss`` (it happens to them against their will), ``vague`` (names one of several
  things), ``dangling`` ("cancel it", and nothing yet that could be meant), ``exception`` (asks to go round the
  rules), ``asks_if_human``, ``asks_if_machine``, ``asks_if_reviewed`` (by a person), ``asks_again`` (and was asked
  before), ``human_declined`` (needs no person any more), ``voiced`` (asks for a text that is not the AI's own word: a
  story, a letter, a part to play);
- user and assistant: ``unclear`` (says that it can be read two ways);
- staff also: ``approval`` (says yes to what the AI is about to do), ``denial`` (says no to it, or to the user);
- assistant: ``final_decision`` (approval, denial, diagnosis, eligibility stated as decided), ``denial``,
  ``irreversible`` (says it did what cannot be undone), ``recommendation``, ``criteria_given``, ``judgement``
  (pronounces on taste, quality, strategy), ``publication``, ``refusal``, ``handoff_offer``, ``promise``,
  ``concession`` (promises money, a date, an exception), ``claims_human``, ``claims_review`` (a person looked),
  ``affirms``, ``denies`` (a bare yes or no to begin with), ``discloses`` (says that it is a machine), ``consequence``
  (ends, takes away or charges something), ``basis`` (says on what grounds), ``recourse`` (how to contest it);
- tool results and untrusted sources: ``instruction`` (data that reads like an instruction to the AI), in any language.
"""

from monitor.annotate.annotator import annotate, annotate_batch

__all__ = ["annotate", "annotate_batch"]
