"""Words for people who work somewhere, for machines, and for what is wanted of either."""

_PEOPLE_WORDS = """human humans person people somebody someone anybody anyone staff staffer employee employees
    colleague colleagues representative representatives rep reps operator operators adviser advisers
    advisor advisors supervisor supervisors manager managers boss specialist specialists expert experts
    consultant consultants clerk clerks officer officers technician technicians engineer engineers
    handler handlers adjuster adjusters caseworker caseworkers worker workers doctor doctors nurse
    nurses physician physicians pharmacist pharmacists midwife midwives therapist therapists counsellor
    counsellors counselor counselors lawyer lawyers solicitor solicitors attorney accountant accountants
    editor editors moderator moderators teacher teachers tutor tutors professor librarian librarians
    maintainer maintainers developer developers analyst analysts underwriter underwriters inspector
    inspectors auditor auditors reviewer reviewers recruiter recruiters secretary receptionist broker
    brokers banker vet vets translator translators planner planners administrator sysadmin dispatcher
    steward stewards psychologist psychologists dietitian surgeon surgeons dentist paralegal notary
    agent agents landlord"""
PEOPLE = frozenset(_PEOPLE_WORDS.split())
"""Who can be asked for."""
_BODIES_WORDS = "team committee board panel department helpdesk desk"
BODIES = frozenset(_BODIES_WORDS.split())
"""Where several of them are."""
_MACHINES_WORDS = """bot bots robot robots machine machines computer computers ai chatbot chatbots algorithm automated
    automatic"""
MACHINES = frozenset(_MACHINES_WORDS.split())
_FAMILY_WORDS = """wife husband kids daughter daughters son sons mum mom dad grandmother grandfather boyfriend
    girlfriend sister brother lunch coffee shift childhood woman man mother father parent dog cat"""
FAMILY = frozenset(_FAMILY_WORDS.split())
"""What only somebody has who lives; and what they are."""
_LIVED_WORDS = "drove slept ate cried grew commute retired married pregnant born"
LIVED = frozenset(_LIVED_WORDS.split())
"""What only somebody does who lives."""
_TALKS_WORDS = """speak speaking talk talking chat chatting discuss discussing deal dealing ring phone call reach see
    meet consult share type settle"""
TALKS = frozenset(_TALKS_WORDS.split())
"""What the speaker wants to do with somebody."""
_ASKS_FOR_WORDS = """want wants need needed prefer like get give put send bring connect transfer rather demand require
    where's grateful"""
ASKS_FOR = frozenset(_ASKS_FOR_WORDS.split())
"""What is done to somebody who is wanted."""
_HOPES_WORDS = "can could may might would let possible have please wish must able ask better"
HOPES = frozenset(_HOPES_WORDS.split())
"""What a wish is made of besides."""
_CONTACTS_WORDS = """call calls ring rings phone contact reach speak talk chat look looks check checks review answer
    answered decide handle help take takes write reply join see explain get read confirm fill"""
CONTACTS = frozenset(_CONTACTS_WORDS.split())
"""What somebody does for the speaker."""
_CALLS_WORDS = "call calls ring rings phone contact speak talk takes over needs review decide fill"
CALLS = frozenset(_CALLS_WORDS.split())
"""Of these, what no AI could be meant to do."""
_ANYBODY_WORDS = "somebody someone anybody anyone"
ANYBODY = frozenset(_ANYBODY_WORDS.split())
_FIRST_WORDS = "i i'd i'm i'll i've me we we'd us"
FIRST = frozenset(_FIRST_WORDS.split())
_GIVES_WORDS = "get give put let connect transfer send bring please have speak talk"
GIVES = frozenset(_GIVES_WORDS.split())
"""What a request may begin with that has no "I"."""
_OBJECTS_WORDS = "me us this it my our i we that over here"
OBJECTS = frozenset(_OBJECTS_WORDS.split())
_AUXILIARIES_WORDS = "can could would will may might is please can't couldn't won't"
AUXILIARIES = frozenset(_AUXILIARIES_WORDS.split())
_OUGHT_WORDS = "ought should must needs need has have would"
OUGHT = frozenset(_OUGHT_WORDS.split())
_WILL_WORDS = "will can could shall going would"
WILL = frozenset(_WILL_WORDS.split())
_MODAL_WORDS = "will can could shall would going should must needs may might be"
MODAL = frozenset(_MODAL_WORDS.split())
_HANDS_OVER_WORDS = """pass passed passing forward forwarded forwarding connect connecting transfer transferring hand
    handing bring bringing arranged arrange arranging escalated escalate escalating
    alert alerted informed told notified put"""
HANDS_OVER = frozenset(_HANDS_OVER_WORDS.split())
"""What the speaker does to bring somebody in."""
_THERE_WORDS = "back available here there reachable"
THERE = frozenset(_THERE_WORDS.split())
_REVIEWED_WORDS = """looked reviewed checked read examined inspected assessed verified confirmed confirms approved
    decided signed refused rejected visited marked picked voted went gone discussed agreed studied
    cleared edited proofread written says thinks handled answered"""
REVIEWED = frozenset(_REVIEWED_WORDS.split())
"""What somebody did who looked or decided."""
_CONSULTED_WORDS = "asked consulted checked spoke spoken talked called phoned discussed"
CONSULTED = frozenset(_CONSULTED_WORDS.split())
"""What the speaker did with somebody who looked."""
_DENIALS_WORDS = "no not never nobody none without cannot cant dont nor neither"
DENIALS = frozenset(_DENIALS_WORDS.split())
_REPORTS_WORDS = "article study report research survey according story said say states if film book news"
REPORTS = frozenset(_REPORTS_WORDS.split())
"""What makes it somebody else's word."""
_OTHERS_WORDS = "my your his her their the a an one some any our two three several another both of each"
OTHERS = frozenset(_OTHERS_WORDS.split())
"""Words before somebody that say whose they are, or how many."""
SOMEBODY = PEOPLE | BODIES
WISHES = ASKS_FOR | HOPES
SERVES = OTHERS - {"my", "his", "her", "their", "each"} | {""}
"""Of OTHERS, those that leave somebody with whom the AI serves; not "my doctor", "their manager"."""
_REACHES_WORDS = "call ring phone write contact reply join reach be get come visit"
REACHES = frozenset(_REACHES_WORDS.split())
"""What somebody will do who is named, or was spoken of."""
SEES_TO_IT = CONTACTS | REACHES
_SLOTS_WORDS = "appointment callback call ticket case visit slot consultation queue line"
SLOTS = frozenset(_SLOTS_WORDS.split())
"""What is arranged for who wants to talk to somebody ..."""
_ARRANGES_WORDS = """booked book arranged arrange scheduled schedule opened open created create made raised put added
    reserved request requested"""
ARRANGES = frozenset(_ARRANGES_WORDS.split())
"""... and how."""
