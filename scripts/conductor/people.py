"""Names and places for sample contacts: short, long, right to left, with marks and with an emoji."""

FIRST_NAMES = (
    "Ada",
    "Bartholomew-Alexander",
    "Chloé",
    "D'Angelo",
    "Élodie",
    "Fatima",
    "יוסף",
    "Guðrún",
    "Hồng",
    "李",
    "Jo",
    "Kwame",
    "ليلى",
    "María José",
    "Nia ✨",
    "Ólafur",
    "Priya",
    "Q",
    "Rosa",
    "Søren",
)
LAST_NAMES = ("Abara", "Ben-David", "Castillo", "Doyle", "Eriksson", "Fong", "García Márquez", "Hill", "Iyer", "Jones")

# area code, a zone it lies in
PLACES = (
    ("212", "America/New_York"),
    ("617", "America/New_York"),
    ("312", "America/Chicago"),
    ("713", "America/Chicago"),
    ("303", "America/Denver"),
    ("602", "America/Phoenix"),
    ("206", "America/Los_Angeles"),
    ("415", "America/Los_Angeles"),
)
