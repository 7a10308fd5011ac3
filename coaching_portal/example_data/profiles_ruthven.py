"""Tracy Ruthven's public record, in our own words. Nothing is added to it: unknown stays empty."""

TRACY = {
    "headline": "Coach, and trainer in clinical audit and quality improvement",
    "introduction": (
        "Tracy Ruthven has been in the NHS since 1994: first in a hospital trust’s clinical audit "
        "team, then in interface audit, then in primary care. In 2006 she and Stephen Ashmore set "
        "up the Clinical Audit Support Centre. She has trained people in quality improvement for "
        "more than 15 years."
    ),
    "approach": (
        "The agenda is yours. Tracy listens without judging, and helps you find strategies that "
        "work for you.\n\n"
        "She draws on psychological approaches old and new: neuro-linguistic programming, "
        "assertiveness and personal development, solution-focused work, and cognitive "
        "behavioural therapy."
    ),
    "teaches": (
        "Accredited courses in clinical audit, clinical governance, significant event audit and "
        "root cause analysis."
    ),
}

CAREER = [
    {
        "years": "1994",
        "title": "Clinical audit team",
        "organisation": "North Staffordshire Hospitals NHS Trust",
        "text": "In the NHS since then.",
    },
    {
        "years": "1997",
        "title": "Clinical Interface Audit Co-ordinator",
        "organisation": "Leicestershire Fosse NHS Trust",
    },
    {
        "years": "2000",
        "title": "Deputy Manager",
        "organisation": "Leicestershire Primary Care Audit Group",
    },
    {
        "years": "2005/6",
        "title": "Online training",
        "organisation": "Royal Pharmaceutical Society of Great Britain",
        "text": "Helped to develop it.",
    },
    {
        "years": "2006",
        "title": "Set up the Clinical Audit Support Centre, with Stephen Ashmore",
        "organisation": "Clinical Audit Support Centre Limited",
    },
    {
        "title": "Moderator for a national academic body",
        "text": "Assures the quality of a range of healthcare courses.",
    },
    {
        "title": "Multi-practice and interface audits",
        "text": "Co-ordinated large audits across many practices, and across organisations.",
    },
]

QUALIFICATIONS = [
    {
        "title": "MSc in Managing Quality in Healthcare",
        "awarded_by": "University of Birmingham",
        "year": 2006,
    },
    {
        "title": "Certificate in Clinical Audit Support",
        "awarded_by": "Leicester University",
        "year": 1997,
        "result": "Distinction",
    },
    {
        "title": "Diploma in Health and Social Welfare",
        "awarded_by": "Open University",
        "year": 1997,
    },
    {"title": "English and Sociology", "awarded_by": "Keele University"},
    {"title": "Teaching qualification"},
]

PUBLICATIONS = [
    {
        "title": "Principles of Best Practice in Clinical Audit",
        "text": "Second edition: co-author of sections on methodology.",
    },
    {
        "title": "Teaching Clinical Audit the PCAG Way",
        "year": 2004,
        "text": "A resource pack, written with colleagues. More than 100 NHS Trusts have used it "
        "to train their own staff.",
    },
    {
        "published_in": "An international society in healthcare",
        "year": 2005,
        "text": "An abstract was accepted, and later presented at the society’s conference in "
        "Vancouver.",
    },
    {"published_in": "The Pharmaceutical Journal", "text": "Articles."},
    {"published_in": "British Journal of Community Nursing", "text": "Articles."},
    {"published_in": "Quality in Primary Care", "text": "Articles."},
    {"published_in": "Clinical Governance Bulletin", "text": "Articles."},
]

TRACY_HAS = (CAREER, QUALIFICATIONS, PUBLICATIONS)
