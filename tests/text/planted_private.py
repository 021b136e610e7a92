"""Three hundred private texts of ten kinds and three hundred look-alikes, in prompts and logs.

Written by someone who had not read the rules. Everything is drawn by lot from a seed: reserved
domains and networks, telephone numbers kept for fiction, card and account numbers published as
examples, keys that open nothing.
"""

from __future__ import annotations

import base64
import json
import random
import string
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from tests.text.planted_look_alikes import LOOK_ALIKES

SEED = 4_711
PER_KIND = 30


class Planted(NamedTuple):
    """``text`` holds ``private`` of ``kind``; a look-alike has no kind and must stay whole."""

    text: str
    private: str
    kind: str | None


def planted(seed: int = SEED) -> list[Planted]:
    """``PER_KIND`` texts of each kind."""
    lot = random.Random(seed)
    return [one for kind in PLANTERS for one in _of_kind(kind, lot)]


def look_alikes(seed: int = SEED) -> list[Planted]:
    """Texts that hold nothing private."""
    lot = random.Random(seed)
    return [Planted(text, "", None) for text in LOOK_ALIKES(lot)]


def _of_kind(kind: str, lot: random.Random) -> Iterator[Planted]:
    frames = list(_FRAMES[kind] + _ANY_FRAMES)
    lot.shuffle(frames)
    for number in range(PER_KIND):
        frame = frames[number % len(frames)]
        private, shown = PLANTERS[kind](lot, number)
        text = frame.replace("{}", shown)
        yield Planted(text, private, kind)


# What a planter answers: the private part, and the text that shows it.
Shown = tuple[str, str]


def _letters(lot: random.Random, count: int, alphabet: str = string.ascii_letters) -> str:
    return "".join(lot.choices(alphabet, k=count))


_ALNUM = string.ascii_letters + string.digits
_FIRST = [
    "maria", "jürgen-less", "li.wei", "o'neill", "tunde.a", "priya_k", "Sven", "ANNA", "x2",
    "j.r.r", "pavel-n", "noor",
]  # fmt: skip
_HOSTS = [
    "example.com", "example.org", "example.net", "mail.example.com", "sub.dept.example.org",
    "firma.example", "university.test", "EXAMPLE.COM", "shop-online.example",
    "dept.uni.example",
]  # fmt: skip


def _email(lot: random.Random, number: int) -> Shown:
    local = lot.choice([n for n in _FIRST if n.isascii()])
    local += lot.choice(["", "", str(lot.randint(1, 99)), "+news", ".smith", "_work", "%list"])
    address = f"{local}@{lot.choice(_HOSTS)}"
    shapes = [address, f"<{address}>", f"mailto:{address}", f'"{address}"', f"{address}."]
    shapes.append(f"({address})")
    shown = shapes[number % len(shapes)]
    if number == 17:
        address = shown = f"{local.split('+')[0]} [at] example [dot] com"
    return address, shown


def _phone(lot: random.Random, number: int) -> Shown:
    two, three, four = (f"{lot.randrange(10**n):0{n}d}" for n in (2, 3, 4))
    fiction = f"01{two}"  # 555-0100 to 555-0199
    area = lot.choice(["212", "415", "303", "650", "917"])
    forms = [
        f"({area}) 555-{fiction}",
        f"{area}-555-{fiction}",
        f"+1 {area} 555 {fiction}",
        f"+1-{area}-555-{fiction}",
        f"1 ({area}) 555-{fiction}",
        f"{area}.555.{fiction}",
        f"+1{area}555{fiction}",
        f"+44 20 7946 0{three}",
        f"+44 (0)20 7946 0{three}",
        f"020 7946 0{three}",
        f"07700 900{three}",
        f"+447700900{three}",
        f"+44 1632 960{three}",
        f"+33 1 99 00 {two} {three[:2]}",
        f"06 39 98 {two} {three[:2]}",
        f"01.99.00.{two}.{three[:2]}",
        f"+49 30 23125{three}",
        f"030 23125 {three}",
        f"+49 (0)171 39200{two}",
        f"0171-39200{two}",
        f"+61 2 5550 {four}",
        f"(02) 5550 {four}",
        f"0491 570 {three}",
        f"+46 8 465 004 {two}",
        f"070-174 06 {two}",
        f"00 44 20 7946 0{three}",
        f"+353 20 915 {four}",
        f"({area})555-{fiction}",
        f"+1 ({area}) 555-{fiction} ext. {two}",
        f"+91 00000 0{four}",
    ]
    forms[-1] = f"tel:+1-{area}-555-{fiction}"
    shown = forms[number]
    return shown.removeprefix("tel:").split(" ext")[0], shown


def _ipv4(lot: random.Random, number: int) -> Shown:
    address = lot.choice(["192.0.2.", "198.51.100.", "203.0.113."]) + str(lot.randint(2, 254))
    shapes = ["{}", "{}:8080", "http://{}/admin", "{}/32", "[{}]", "root@{}", "{},"]
    shapes.insert(5, "https://{}:8443/x?y=1")
    return address, shapes[number % len(shapes)].replace("{}", address)


def _ipv6(lot: random.Random, number: int) -> Shown:
    def group() -> str:
        return f"{lot.randrange(1, 0x10000):x}"

    addresses = [
        f"2001:db8::{group()}",
        ":".join(["2001", "db8", *(group() for _ in range(6))]),
        f"2001:DB8:{group().upper()}::{group().upper()}",
        f"2001:0db8:0000:0000:0000:ff00:0042:{lot.randrange(0x10000):04x}",
        f"3fff:{group()}::{group()}:{group()}",
        f"2001:db8:{group()}:{group()}::",
        f"::ffff:192.0.2.{lot.randint(1, 254)}",
    ]
    address = addresses[number % len(addresses)]
    shapes = ["{}", "[{}]:443", "{}/64", "http://[{}]/index.html", "{}%eth0", "{}"]
    return address, shapes[lot.randrange(len(shapes))].replace("{}", address)


_CARDS = [
    "4242424242424242", "4111111111111111", "4012888888881881", "4000056655665556",
    "5555555555554444", "5105105105105100", "2223003122003222", "5200828282828210",
    "378282246310005", "371449635398431", "6011111111111117", "6011000990139424",
    "30569309025904", "38520000023237", "3530111333300000", "3566002020360505",
    "6200000000000005", "5431111111111111", "4917610000000000", "6759649826438453",
]  # fmt: skip


def _card(lot: random.Random, number: int) -> Shown:
    digits = _CARDS[number % len(_CARDS)]
    joint = ["", " ", "-"][lot.randrange(3)]
    cuts = (4, 10) if len(digits) < 16 else (4, 8, 12)
    edges = (0, *cuts, len(digits))
    shown = joint.join(digits[a:b] for a, b in pairwise(edges))
    return shown, shown


_IBANS = [
    "GB82WEST12345698765432", "DE89370400440532013000", "FR1420041010050500013M02606",
    "NL91ABNA0417164300", "CH9300762011623852957", "NO9386011117947",
    "ES9121000418450200051332", "BE68539007547034", "PL61109010140000071219812874",
    "IT60X0542811101000000123456", "MT84MALT011000012345MTLCAST001S",
    "SA0380000000608010167519", "GR1601101250000000012300695", "BR1800360305000010009795493C1",
    "SE4550000000058398257466", "AT611904300234573201", "DK5000400440116243",
    "FI2112345600000785", "PT50000201231234567890154", "IE29AIBK93115212345678",
    "CZ6508000000192000145399", "HU42117730161111101800000000", "RO49AAAA1B31007593840000",
    "TR330006100519786457841326", "AE070331234567890123456", "LU280019400644750000",
]  # fmt: skip


def _iban(lot: random.Random, number: int) -> Shown:
    compact = _IBANS[number % len(_IBANS)]
    spaced = " ".join(compact[i : i + 4] for i in range(0, len(compact), 4))
    shown = lot.choice([compact, spaced, spaced, compact, spaced.replace(" ", "-")])
    return (shown.lower(),) * 2 if number == 11 else (shown, shown)


def _api_key(lot: random.Random, number: int) -> Shown:
    upper = string.ascii_uppercase + string.digits
    url_safe = _ALNUM + "-_"
    keys: list[Callable[[], str]] = [
        lambda: "sk-" + _letters(lot, 48, _ALNUM),
        lambda: "sk-proj-" + _letters(lot, 74, url_safe) + _letters(lot, 2),
        lambda: "sk-ant-" + "api03-" + _letters(lot, 93, url_safe) + "AA",
        lambda: "sk-or-v1-" + _letters(lot, 64, "0123456789abcdef"),
        lambda: "AKIA" + _letters(lot, 9, upper) + "EXAMPLE",
        lambda: "ASIA" + _letters(lot, 16, upper),
        lambda: "AIza" + _letters(lot, 35, url_safe),
        lambda: "ghp_" + _letters(lot, 36, _ALNUM),
        lambda: "github_pat_" + _letters(lot, 22, _ALNUM) + "_" + _letters(lot, 59, _ALNUM),
        lambda: "glpat-" + _letters(lot, 20, _ALNUM),
        lambda: "hf_" + _letters(lot, 34),
        lambda: "sk_" + "live_" + _letters(lot, 24, _ALNUM),
        lambda: "rk_" + "test_" + _letters(lot, 24, _ALNUM),
        lambda: "SG." + _letters(lot, 22, _ALNUM) + "." + _letters(lot, 43, _ALNUM),
        lambda: f"xoxb-{lot.randrange(10**11, 10**12)}-" + _letters(lot, 24, _ALNUM),
        lambda: "npm_" + _letters(lot, 36, _ALNUM),
        lambda: "pypi-" + "AgEIcHlwaS5vcmc" + _letters(lot, 60, url_safe) + "x",
        lambda: "gsk_" + _letters(lot, 52, _ALNUM),
        lambda: "xai-" + _letters(lot, 80, _ALNUM),
        lambda: "r8_" + _letters(lot, 37, _ALNUM),
        lambda: "dop_v1_" + _letters(lot, 64, "0123456789abcdef"),
        lambda: "shpat_" + _letters(lot, 32, "0123456789abcdef"),
        lambda: "gho_" + _letters(lot, 36, _ALNUM),
        lambda: "pplx-" + _letters(lot, 48, _ALNUM),
        lambda: "nvapi-" + _letters(lot, 64, _ALNUM),
        lambda: "whsec_" + _letters(lot, 32, _ALNUM),
    ]
    key = keys[number % len(keys)]()
    return key, key


def _private_key(lot: random.Random, number: int) -> Shown:
    cipher = ["RSA ", "", "EC ", "OPENSSH ", "ENCRYPTED ", "DSA ", "PGP "][number % 7]
    name = f"{cipher}PRIVATE KEY" + " BLOCK" * (cipher == "PGP ")
    body = base64.b64encode(lot.randbytes(lot.choice([120, 300, 600]))).decode()
    rows = [body[i : i + 64] for i in range(0, len(body), 64)]
    lines = ["-----BEGIN " + name + "-----", *rows, "-----END " + name + "-----"]
    if name.startswith("RSA") and number > 10:
        lines[1:1] = ["Proc-Type: 4,ENCRYPTED", "DEK-Info: AES-128-CBC,0F1E", ""]
    if name.startswith("PGP"):
        lines[1:1] = ["Version: GnuPG v2", ""]
        lines[-1:-1] = ["=" + body[:4]]
    joint = ["\n", "\r\n", "\\n", "\n    ", "\n"][number % 5]
    return rows[len(rows) // 2], joint.join(lines)


def _credentials(lot: random.Random, number: int) -> Shown:
    user = lot.choice(["admin", "app_rw", "svc-deploy", "mara", "readonly", "u%40corp", "Tomcat"])
    password = lot.choice([
        _letters(lot, 12, _ALNUM), "hunter2", "s3cr3t!", "p%40ss%3Aword", "correct-horse-battery",
        _letters(lot, 20, _ALNUM + "_-~.$!*"), "Pa$$w0rd",
    ])  # fmt: skip
    pair = f"{user}:{password}"
    shapes = [
        "postgres://{}@db.example.com:5432/app",
        "postgresql+psycopg2://{}@localhost/prod",
        "mysql://{}@10.1.2.3/orders?ssl=true",
        "mongodb+srv://{}@cluster0.example.net/test?retryWrites=true",
        "https://{}@git.example.com/team/repo.git",
        "amqp://{}@rabbit.example:5672/%2Fvhost",
        "ftp://{}@files.example.org/in/",
        "redis://{}@cache.example.com:6379/0",
        "http://{}@proxy.example.com:3128",
        "smtps://{}@mail.example.com:465",
        "jdbc:postgresql://{}@db.example.com/app",
        "rtsp://{}@203.0.113.9:554/stream1",
        "sftp://{}@host.example/home",
        "clickhouse://{}@ch.example.com:9000/default",
    ]
    if number == 20:
        return password, f"redis://:{password}@cache.example.com:6379/1"
    return pair, shapes[number % len(shapes)].replace("{}", pair)


def _token(lot: random.Random, number: int) -> Shown:
    def part(value: Mapping[str, object]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    algorithm = lot.choice(["HS256", "RS256", "ES256"])
    fields = {"alg": algorithm, "typ": "JWT"}
    head = part(fields if number % 2 else dict(reversed(fields.items())))
    claims = {"sub": _letters(lot, 10, string.digits), "name": _letters(lot, 6), "iat": 1516239022}
    jwt = f"{head}.{part(claims)}.{_letters(lot, 43, _ALNUM + '-_')}"
    opaque = _letters(lot, lot.choice([32, 40, 64]), _ALNUM)
    shapes = [
        (jwt, "{}"),
        (jwt, "Authorization: Bearer {}"),
        (opaque, "Authorization: Bearer {}"),
        (jwt, "Cookie: session={}; Path=/"),
        (jwt, "https://app.example.com/callback?token={}&state=1"),
        (opaque, "-H 'authorization: bearer {}'"),
        (jwt, '{"access_token": "{}", "expires_in": 3600}'),
    ]
    private, shape = shapes[number % len(shapes)]
    return private, shape.replace("{}", private)


PLANTERS: dict[str, Callable[[random.Random, int], Shown]] = {
    "api_key": _api_key,
    "card": _card,
    "credentials": _credentials,
    "email": _email,
    "iban": _iban,
    "ipv4": _ipv4,
    "ipv6": _ipv6,
    "phone": _phone,
    "private_key": _private_key,
    "token": _token,
}

_ANY_FRAMES = (
    "{}",
    "what is wrong here?\n\n```\n{}\n```",
    "Übersetze bitte ins Englische: {}",
    "- first\n- {}\n- third",
    "请帮我检查一下 {} 有没有问题",
    "| field | value |\n|---|---|\n| it | {} |",
)

_FRAMES: dict[str, tuple[str, ...]] = {
    "api_key": (
        "import os\nos.environ['API_KEY'] = '{}'",
        "curl -H 'X-Api-Key: {}' https://api.example.com/v1/items",
        "my key {} does not work, why do I get 401?",
        'client = Client(key="{}")',
        "OPENAI_API_KEY={}\nDEBUG=1",
        "secrets:\n  upstream: {}\n  region: eu",
    ),
    "card": (
        "The customer paid with {}, expiry 12/29.",
        "card_number,exp\n{},11/27",
        "Write a regex that matches {} but no other number",
        "pan={}&cvc=123",
        "Mi tarjeta {} fue rechazada dos veces",
        "My Visa card number: {}\nplease cancel the booking",
    ),
    "credentials": (
        "DATABASE_URL={}",
        "git clone {}",
        "engine = create_engine('{}')",
        "I cannot connect to {} from docker, any idea?",
        "proxies = {'https': '{}'}",
        "The log says: connecting to {} ... refused",
    ),
    "email": (
        "Write a polite reply to {} and decline the offer.",
        "From: Someone {}\nTo: all\nSubject: minutes",
        "name;mail\nsomebody;{}",
        "Kontakt: {} oder per Post",
        "Please extract every address: foo, {}, bar",
        "git log shows Author: Dev {} at the top",
    ),
    "iban": (
        "Überweise 50 Euro auf {} bis Freitag.",
        "Account: {}, BIC: NWBKGB2L",
        "IBAN:{}",
        "Why is {} refused by the form?",
        '{"iban": "{}", "name": "A"}',
        "Virement vers le compte {} svp",
    ),
    "ipv4": (
        "Failed password for root from {} port 22 ssh2",
        "ping {} says unreachable",
        '{} - - [10/Oct/2000:13:55:36] "GET / HTTP/1.0" 200 2326',
        "server { listen {}; }",
        "Which provider owns {}?",
        "iptables -A INPUT -s {} -j DROP",
    ),
    "ipv6": (
        "AAAA record of the host: {}",
        "ip -6 addr add {} dev eth0",
        "client connected from {} after 3 s",
        "Shorten this address: {}",
        "allow from {}",
        "nameserver {}\nsearch example.com",
    ),
    "phone": (
        "Call me at {} after six.",
        "Tel.: {}",
        "my number is {} and I live in a small town",
        '{"name": "A", "phone": "{}"}',
        "Draft an SMS to {} saying that I am late",
        "Mobil {} / Büro unbekannt",
    ),
    "private_key": (
        "This is my key, is it safe?\n{}\nthanks",
        'key = """{}"""',
        "tls:\n  key: |\n    {}\n  cert: none",
        '{"private_key": "{}"}',
        "cat id_rsa\n{}",
        "Why does ssh say invalid format for {} ?",
    ),
    "token": (
        "decode this please {}",
        "curl -s {} https://api.example.com/me",
        "The response was\n{}\nand then 403",
        "headers: {}",
        "Is the signature of {} valid?",
        "GET /v1/users HTTP/1.1\nHost: api.example.com\n{}",
    ),
}
