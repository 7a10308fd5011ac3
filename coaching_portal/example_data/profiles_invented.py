"""A coach and a leader who do not exist, to show what the real ones leave empty."""

OWEN = {
    "headline": "Coach for people who lead small teams",
    "introduction": (
        "Owen Example is invented. On this page he shows what a coach’s profile can hold: an "
        "accreditation with its date, hours of coaching, a publication with a year."
    ),
    "approach": (
        "Owen asks short questions and leaves long silences.\n\n"
        "He works solution-focused: what would be different tomorrow, who would notice first, "
        "and what is already a little like it today."
    ),
    "accreditation": "Accredited Practitioner, Example Coaching Association",
    "coaching_hours": 640,
}

OWEN_HAS = (
    [
        {
            "years": "2012 to 2018",
            "title": "Ward manager",
            "organisation": "Example Hospitals NHS Trust",
        },
        {"years": "Since 2018", "title": "Coach", "organisation": "Example Practice"},
    ],
    [
        {
            "title": "Diploma in Example Coaching",
            "awarded_by": "Example University",
            "year": 2017,
            "result": "Merit",
        }
    ],
    [
        {
            "title": "Example Questions for Example Teams",
            "published_in": "Example Journal",
            "year": 2021,
        }
    ],
)

PRIYA = {
    "slug": "priya-example",
    "name": "Priya Example",
    "role": "Director of Nursing",
    "organisation": "Example Community NHS Trust",
    "introduction": (
        "Priya Example is invented. Her profile shows an interview with a date and a transcript."
    ),
    "leads_for": "Mornings on which everybody on the ward knows who does what.",
    "thought": "",
    "tried": "A round of ten minutes at which everyone speaks once, the newest first.",
    "outcome": "Fewer questions in the corridor, and handovers that end on time.",
    "inspired_by": "A ward sister who never raised her voice.",
    "career": "",
    "posts": [
        {"years": "2009", "title": "Staff nurse", "organisation": "Example Hospitals NHS Trust"},
        {
            "years": "2021",
            "title": "Director of Nursing",
            "organisation": "Example Community NHS Trust",
        },
    ],
    "themes": [
        {"title": "Who speaks first", "text": "Those who speak last have often stopped thinking."}
    ],
    "interviews": [
        {
            "slug": "ten-minutes-each-morning",
            "title": "Ten minutes each morning",
            "podcast": "Example Conversations",
            "interviewer": "Iris Example",
            "audio_minutes": 24,
            "summary": "How a short round changed the mornings of an invented ward.",
            "transcript": (
                "Iris Example: You begin with the newest person in the room. Why?\n\n"
                "Priya Example: Because after a consultant has spoken, a student agrees. If the "
                "student goes first, we hear what she saw.\n\n"
                "Iris Example: And the ten minutes?\n\n"
                "Priya Example: We stand. Nobody stands longer than that."
            ),
        }
    ],
}
