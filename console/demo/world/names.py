"""Invented names and reserved numbers. None belongs to anyone.

The numbers lie in ranges that regulators keep free for drama and examples: +1 xxx 555 01xx, +44 20 7946 0xxx,
+49 30 23125 xxx, +33 1 99 00 xx xx.
"""

from __future__ import annotations

from random import Random

QUEUES: tuple[str, ...] = (
    "Sales",
    "Kundenservice",
    "Soporte Técnico",
    "R&D Support",
    "Müller & Söhne (Bestellungen)",
    "客户服务",
    "خدمة العملاء",
    "Księgowość",
    "注文受付",
    "Billing, Refunds",
    "O'Brien Account",
    "Vertragsverlängerungsrückgewinnungsabteilung",
)
"""Names of the first queues; the last of them is rarely called."""

_TOPICS = (
    "Service",
    "Ventas",
    "Technik",
    "Facturación",
    "Rechnungen",
    "Orders",
    "Reklamacje",
    "Logistik",
    "技术支持",
    "予約",
    "الدعم",
    "Returns",
    "Première ligne",
    "Deuxième niveau",
    "Zákaznická linka",
    "Onboarding",
)
_PLACES = (
    "Nord",
    "Süd",
    "Ost",
    "West",
    "Madrid",
    "Kraków",
    "東京",
    "上海",
    "Wien",
    "Zürich",
    "Dublin",
    "Lyon",
    "القاهرة",
    "Chicago",
    "Malmö",
    "Porto",
)

AGENTS: tuple[str, ...] = (
    "Anna Schmidt",
    "José García Núñez",
    "Siobhán O'Connor",
    "李伟",
    "محمد الأحمد",
    "Małgorzata Wiśniewska",
    "佐藤 花子",
    "Maria Jones",
    "Maria Jones",
    "Jean-Luc D'Arcy",
    "Klaus-Dieter von Hohenlohe-Schillingsfürst-Oberndorfer",
    "Ben (Nacht) Keller",
    "Smith, Patricia",
    "Øyvind Åsen",
    "Bartłomiej Brzęczyszczykiewicz",
    "王芳",
    "Núria Puig i Ferrer",
    "Tomás Ó Briain",
    "فاطمة الزهراء",
    "鈴木 一郎",
)
_FIRST = (
    "Lena",
    "Paul",
    "Ewa",
    "Piotr",
    "Lucía",
    "Diego",
    "Aoife",
    "Noah",
    "Jürgen",
    "Hannah",
    "Mateo",
    "Zofia",
    "Chloé",
    "André",
    "Ingrid",
    "Björn",
    "Katarzyna",
    "Inés",
    "Oliver",
    "Grace",
    "Emre",
    "Yuki",
    "Mei",
    "Omar",
    "Leila",
    "Santiago",
    "Jarosław",
    "Frieda",
    "Owen",
    "Priya",
)
_LAST = (
    "Weber",
    "Krüger",
    "Kowalczyk",
    "Martínez",
    "López",
    "Murphy",
    "O'Neill",
    "Dupont",
    "Fischer",
    "Groß",
    "Lewandowski",
    "Fernández",
    "Taylor",
    "Bennett",
    "Yılmaz",
    "Tanaka",
    "Chen",
    "Haddad",
    "Lindqvist",
    "Sørensen",
    "Novák",
    "Rossi",
    "de Vries",
    "Moreau",
    "Castro",
    "Wójcik",
    "Hoffmann",
    "Patel",
    "Reid",
    "Vogel",
)

CALLER_NAMES: tuple[str, ...] = (
    "Bäckerei Sonnenschein",
    "Acme Rockets Ltd",
    "Hotel Miramar",
    "Sto lat s.c.",
    "Green & Sons",
    "田中商店",
    "Café de l'Étoile",
    "مكتبة النور",
    "Dr. Habermann",
    "Northwind Traders",
)
ACCOUNT_CODES: tuple[str, ...] = ("1001 Warranty", "1002 Contract", "2001 Projekt Süd", "3000 R&D", "9999 Other")
TAGS: tuple[str, ...] = ("VIP", "Neukunde", "Complaint", "Devolución", "Order")
PAUSES: tuple[str, ...] = ("Training", "Meeting", "Coaching")


def queue_names(count: int) -> list[str]:
    """Give ``count`` different queue names."""
    names = list(QUEUES[:count])
    number = 0
    while len(names) < count:
        topic = _TOPICS[number % len(_TOPICS)]
        place = _PLACES[(number // len(_TOPICS)) % len(_PLACES)]
        lap = number // (len(_TOPICS) * len(_PLACES))
        names.append(f"{topic} {place}" + (f" {lap + 1}" if lap else ""))
        number += 1
    return names


def agent_names(count: int, rng: Random) -> list[str]:
    """Give ``count`` display names; some are borne twice, as in life."""
    names = list(AGENTS[:count])
    while len(names) < count:
        names.append(f"{rng.choice(_FIRST)} {rng.choice(_LAST)}")
    return names


def caller_numbers(rng: Random) -> list[str]:
    """Give the numbers from which calls come; "Anonymous" stands for a withheld one."""
    numbers = [f"+1 {area} 555 01{rng.randrange(100):02d}" for area in ("202", "312", "415", "646") for _ in range(60)]
    numbers += [f"+44 20 7946 0{rng.randrange(1000):03d}" for _ in range(240)]
    numbers += [f"+49 30 23125 {rng.randrange(1000):03d}" for _ in range(360)]
    numbers += [f"+33 1 99 00 {rng.randrange(100):02d} {rng.randrange(100):02d}" for _ in range(120)]
    numbers += ["Anonymous"] * 20
    return numbers
