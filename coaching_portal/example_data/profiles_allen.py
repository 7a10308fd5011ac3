"""Tracy Allen's public record, in our own words. Nothing is added to it: unknown stays empty."""

# What she said in public. No approval of hers is known, and none is made up.
EPISODE = (
    "The podcast “The Compassionate Leadership Interview” by Chris Whitehead, "
    "episode “What is your leadership for?”"
)

TRACY_ALLEN = {
    "public_sources": EPISODE,
    "slug": "tracy-allen",
    "name": "Tracy Allen",
    "role": "Chief Executive",
    "organisation": "Derbyshire Community Health Services NHS Foundation Trust",
    "introduction": (
        "Tracy Allen established Derbyshire Community Health Services in 2011 and leads its 4,000 "
        "staff. The Care Quality Commission has rated the trust outstanding overall, and "
        "outstanding for being well led."
    ),
    "career": (
        "She joined the NHS Management Scheme straight from university, and has been in the NHS "
        "for close to 30 years, but for a short time in academia. Some 20 of those years were "
        "spent mainly in acute trusts, and the last ten in community care."
    ),
    "leads_for": (
        "Great people, and values and a purpose that they share: that is the thread which she "
        "wants to run through each day’s work. Leading, as she sees it, is a way of being a good "
        "human being: kindness, respect, teamwork, and bringing all of oneself."
    ),
    "thought": "Leading well starts with being a good human being, and bringing all of yourself.",
    "tried": (
        "People were given autonomy and space to try new things, with assurance and governance "
        "that take less of their time.\n\n"
        "In health coaching, patient and clinician create care together, rather than one handing "
        "it to the other."
    ),
    "outcome": (
        "Health coaching brought better outcomes for people with leg ulcers, a better experience "
        "for patients, healthier communities, better value, and more rewarding work for the "
        "professionals.\n\n"
        "The Care Quality Commission found the trust outstanding overall and for well led."
    ),
    "inspired_by": (
        "Among those who inspired her is Professor Donna Hall, former Chief Executive of Wigan "
        "Council and known for The Wigan Deal, which builds on people’s strengths; later Chair of "
        "Bolton NHS Foundation Trust and of The Local Government Network."
    ),
    "posts": [
        {"title": "NHS Management Scheme", "text": "From university."},
        {
            "years": "2011",
            "title": "Chief Executive",
            "organisation": "Derbyshire Community Health Services NHS Foundation Trust",
            "text": "Established the organisation.",
        },
    ],
    "themes": [
        {
            "title": "Shared values and purpose",
            "text": "Great people, held together by values and a purpose that show in daily work.",
        },
        {
            "title": "Space to innovate",
            "text": "Autonomy for those who do the work, and governance that costs them less time.",
        },
        {
            "title": "Health coaching",
            "text": "Care that patient and clinician create together.",
        },
        {
            "title": "Leadership as being a good human being",
            "text": "Kindness, respect, teamwork, and bringing all of oneself.",
        },
        {
            "title": "How staff feel treated",
            "text": "The Care Quality Commission’s evidence is that outcomes follow it, and follow "
            "how minorities feel treated especially.",
        },
        {
            "title": "Pressure",
            "text": "From demand, from money, and from too few people to do the work.",
        },
        {
            "title": "Difficult conversations, early",
            "text": "The early conversation is the compassionate one. It can help somebody find "
            "the role that is right for them.",
        },
    ],
    "interviews": [
        {
            "slug": "what-is-your-leadership-for",
            "public_sources": EPISODE,
            "title": "What is your leadership for?",
            "podcast": "The Compassionate Leadership Interview",
            "interviewer": "Chris Whitehead",
            "summary": (
                "What holds an organisation of 4,000 people together, day by day? The "
                "conversation goes from shared purpose to the freedom to try things out, and to "
                "what assurance should cost the people who provide care.\n\n"
                "It looks at health coaching, and at what it did for patients with leg ulcers; at "
                "how staff are treated and what follows from it; at pressure from demand, money "
                "and workforce; and at why a difficult conversation is kindest when it comes "
                "early."
            ),
            "next_guest": "Professor Michael West",
            "next_guest_note": "author of “Caring to Change: How Compassionate Leadership Can "
            "Stimulate Innovation in Healthcare”",
        }
    ],
}
