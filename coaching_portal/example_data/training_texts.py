"""What the example's four courses say. Their accreditation is plainly invented."""

from decimal import Decimal

COURSES = {
    "clinical-audit": {
        "title": "Clinical audit",
        "summary": "Compare the care you give with explicit criteria, act on the difference, and "
        "show that it made one.",
        "for_whom": "Clinicians, managers and audit staff who lead or support audits",
        "outcomes": "Turn a question about care into criteria with standards\n"
        "Choose a sample that can answer it\n"
        "Collect data that two people would collect alike\n"
        "Present results so that a team can decide what to do\n"
        "Plan the changes, and the audit that follows them",
        "syllabus": "What audit is, and what research and service evaluation are\n"
        "Criteria, standards, exceptions and evidence\n"
        "Samples and data collection\n"
        "Comparison with the standard, and how to show it\n"
        "Action plans and re-audit",
        "cpd_hours": Decimal("12"),
        "price": Decimal("295.00"),
        "group_price": Decimal("2400.00"),
    },
    "clinical-governance": {
        "title": "Clinical governance",
        "summary": "Who answers for the quality of care, and how a team can tell that it is good "
        "without drowning in paper.",
        "for_whom": "Practice managers, clinical leads and members of boards",
        "outcomes": "Say who answers for what in your organisation\n"
        "Choose the few measures that tell you what you need to know\n"
        "Bring audit, incidents, complaints and experience together\n"
        "Report so that a board asks the right questions",
        "syllabus": "Quality and who answers for it\n"
        "Sources: audit, incidents, complaints, patients' experience\n"
        "Risk and assurance in proportion\n"
        "From report to change",
        "cpd_hours": Decimal("6"),
        "price": Decimal("195.00"),
        "group_price": Decimal("1600.00"),
    },
    "significant-event-audit": {
        "title": "Significant event audit",
        "summary": "Learn as a team from a single event, whether it went badly or well: what "
        "happened, why, and what changes now.",
        "for_whom": "General practice and community teams",
        "outcomes": "Choose events that are worth a team's hour\n"
        "Lead a conversation that looks for causes and not for culprits\n"
        "Write down what was learnt so that others can use it\n"
        "Follow the changes through",
        "syllabus": "What makes an event significant\n"
        "A structure for the meeting\n"
        "Difficult conversations\n"
        "The report, without anything that identifies a patient",
        "cpd_hours": Decimal("6"),
        "price": Decimal("175.00"),
        "group_price": Decimal("1450.00"),
    },
    "root-cause-analysis": {
        "title": "Root cause analysis",
        "summary": "Find what lay behind an incident, and recommend what would keep it from "
        "happening again.",
        "for_whom": "Anyone who investigates incidents or signs off reports about them",
        "outcomes": "Put together a timeline from several sources\n"
        "Tell contributory factors from causes\n"
        "Use a fishbone diagram and five whys without forcing them\n"
        "Recommend actions that are strong enough",
        "syllabus": "Scope, roles and support for those involved\n"
        "Timelines and interviews\n"
        "Contributory factors, fishbone, five whys\n"
        "Barriers, recommendations, and how strong they are",
        "cpd_hours": Decimal("6"),
        "price": Decimal("225.00"),
        "group_price": Decimal("1850.00"),
    },
}
