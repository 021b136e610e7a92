"""Three hundred private texts of ten kinds and as many look-alikes, as prompts and logs hold them.

Everything is drawn by lot from a seed: addresses of reserved domains and networks, numbers that
are fictional or made up around a check digit, keys that open nothing.
"""

from __future__ import annotations

import base64
import json
import random
import string
from collections.abc import Callable
from typing import NamedTuple

SEED = 20_240
PER_KIND = 30


class Planted(NamedTuple):
    """``text`` holds ``private`` of ``kind``; a look-alike has no kind and must stay whole."""

    text: str
    private: str
    kind: str | None


class Lot:
    """Draws what people paste."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def of(self, *options: str) -> str:
        return self.random.choice(options)

    def digits(self, n: int, first: str = "123456789") -> str:
        return self.of(*first) + "".join(self.of(*string.digits) for _ in range(n - 1))

    def signs(self, n: int, alphabet: str = string.ascii_letters + string.digits) -> str:
        """Signs of a key: with a digit and a letter in any stretch of eight."""
        drawn = [self.of(*alphabet) for _ in range(n)]
        for place in range(0, n, 8):
            drawn[place] = self.of(*"23456789")
            if place + 1 < n:
                drawn[place + 1] = self.of(*[c for c in alphabet if c.isalpha()])
        return "".join(drawn)

    def name(self) -> str:
        first = self.of("mara", "jonas", "li.wei", "o'brien", "sofia_k", "tomasz", "Ana-Lucia")
        return first + self.of("", ".berg", "_92", "+shop", "-dev", ".van.dijk", "2001")

    def domain(self) -> str:
        host = self.of("example.org", "example.com", "example.net", "mail.example.com")
        return self.of(host, f"{self.of('sales', 'cs', 'it-dept')}.{host}", "firma.example.de")


def email(lot: Lot) -> Planted:
    found = f"{lot.name()}@{lot.domain()}"
    frame = lot.of(
        "Please write a polite reply to {} about the late parcel.",
        "From: Mara Berg <{}>\nTo: support\nSubject: refund",
        '{{"user": "{}", "plan": "pro"}}',
        "my mail is {}, can you find out why the login fails",
        "Contact:{};phone:none",
        "git config user.email '{}'",
        "- {} (owner)\n- nobody else",
        "Schreiben Sie mir an {}.",
        "[mail me](mailto:{})",
        "¿Me escribes a {}?",
    )
    return Planted(frame.format(found), found, "email")


def phone(lot: Lot) -> Planted:
    last = f"01{lot.digits(2, string.digits)}"  # 555-01xx is reserved for fiction
    area = lot.of("212", "415", "312", "617")
    found, frame = lot.random.choice(
        [
            (f"({area}) 555-{last}", "Call me at {} after six."),
            (f"{area}-555-{last}", "Patient: J. Doe, {}, no allergies"),
            (f"+1 {area} 555 {last}", "WhatsApp {} or leave a note"),
            (f"+1{area}555{last}", '{{"to": "{}", "body": "Your table is ready"}}'),
            (f"{area}.555.{last}", "Mara Berg\nSales\np {}\n"),
            (f"1-{area}-555-{last}", "fax it to {}"),
            (f"+44 20 7946 0{lot.digits(3)}", "our London office, {}, opens at nine"),
            (f"020 7946 0{lot.digits(3)}", "ring {} and ask for Priya"),
            (f"+44 (0)20 7946 0{lot.digits(3)}", "Tel.: {}"),
            (f"+49 30 23125{lot.digits(3)}", "Telefon {} (Herr Vogel)"),
            (f"030/23125{lot.digits(3)}", "Sie erreichen uns unter {} bis 17 Uhr."),
            (f"0171 39200{lot.digits(2)}", "Handy: {}"),
            (f"+33 1 99 00 {lot.digits(2)} {lot.digits(2)}", "Rappelez-moi au {} svp"),
            (f"01 99 00 {lot.digits(2)} {lot.digits(2)}", "tél {} (bureau)"),
            (f"+91 98{lot.digits(3)} {lot.digits(5)}", "my number is {}, message me"),
            (f"+61 2 5550 {lot.digits(4)}", "Sydney desk {}"),
            (f"+86 138 0013 {lot.digits(4)}", "加我微信 {} 谢谢"),
            (f"138{lot.digits(8)}", "我的手机号是{}，请回电"),
            (f"+55 11 95550-{lot.digits(4)}", "Pode ligar para {}?"),
            (f"+7 495 555-{lot.digits(2)}-{lot.digits(2)}", "Мой телефон {}, звоните"),
        ]
    )
    return Planted(frame.format(found), found, "phone")


def ipv4(lot: Lot) -> Planted:
    net = lot.of("192.0.2", "198.51.100", "203.0.113", "10.31.194", "172.16.26", "192.168.178")
    found = f"{net}.{lot.random.randint(2, 254)}"
    frame = lot.of(
        "Failed password for root from {} port 50022 ssh2",
        '{} - - [12/Mar/2024:10:11:12 +0000] "GET / HTTP/1.1" 200',
        "ssh admin@{}",
        "http://{}:8080/status hangs, why?",
        "my router is at {} and the printer is offline",
        'server = "{}"',
        "Block {}, it scans us.",
        "the client ({}) gets a 403",
        "nmap -sV {}",
        "host={}\nport=5432",
    )
    return Planted(frame.format(found), found, "ipv4")


def ipv6(lot: Lot) -> Planted:
    part = lambda: f"{lot.random.randint(1, 0xFFFF):x}"  # noqa: E731 - a word of four signs
    found = lot.of(
        f"2001:db8::{part()}",
        f"2001:db8:{part()}:{part()}::{part()}",
        ":".join(["2001", "db8", *(part() for _ in range(6))]),
        f"fe80::{part()}:{lot.digits(2)}ff:fe{lot.digits(2)}:{part()}",
        f"fd12:3456:789a:{part()}::{part()}",
        f"2001:DB8:0:{part().upper()}::{lot.digits(2)}",
    )
    frame = lot.of(
        "curl http://[{}]/ times out",
        "inet6 {} prefixlen 64",
        "our mail server answers only on {}, is that a problem",
        "ping6 {}",
        '"remote_addr": "{}",',
    )
    return Planted(frame.format(found), found, "ipv6")


def card(lot: Lot) -> Planted:
    prefix, length = lot.random.choice(
        [("4", 16), ("4", 16), ("52", 16), ("2221", 16), ("37", 15), ("6011", 16), ("3530", 16)]
    )
    body = prefix + lot.digits(length - len(prefix) - 1, string.digits)
    number = body + luhn_digit(body)
    cuts = (4, 10, 15) if length == 15 else (4, 8, 12, 16)
    parts = [number[a:b] for a, b in zip((0, *cuts), cuts, strict=False)]
    found = lot.of("", " ", "-").join(parts)
    frame = lot.of(
        "I was charged twice on {}, draft a complaint.",
        "card: {} exp 09/27",
        '{{"pan": "{}", "cvv": "***"}}',
        "Is {} a valid card number?",
        "Visa/MC {} (Mara Berg)",
    )
    return Planted(frame.format(found), found, "card")


def iban(lot: Lot) -> Planted:
    country, account = lot.random.choice(
        [
            ("DE", lot.digits(18)),
            ("GB", "NWBK" + lot.digits(14)),
            ("FR", lot.digits(10) + lot.signs(11, string.ascii_uppercase + string.digits) + "06"),
            ("NL", "ABNA" + lot.digits(10)),
            ("CH", lot.digits(17)),
            ("ES", lot.digits(20)),
            ("PL", lot.digits(24)),
            ("BE", lot.digits(12)),
        ]
    )
    number = country + iban_digits(country, account) + account
    grouped = " ".join(number[i : i + 4] for i in range(0, len(number), 4))
    found = lot.of(number, grouped)
    frame = lot.of(
        "Please transfer 40 euros to {}, thanks",
        "IBAN: {}\nBIC: XXXXDEFFXXX",
        "my account is {} at the savings bank",
        "<iban>{}</iban>",
        "Überweisung an {} bis Freitag",
    )
    return Planted(frame.format(found), found, "iban")


def api_key(lot: Lot) -> Planted:
    upper = string.ascii_uppercase + string.digits
    hexadecimal = "abcdef" + string.digits
    found = lot.of(
        f"sk-{lot.signs(48)}",
        f"sk-proj-{lot.signs(60)}",
        f"sk-ant-api03-{lot.signs(80)}AA",
        f"ghp_{lot.signs(36)}",
        f"github_pat_{lot.signs(22)}_{lot.signs(59)}",
        f"AKIA{lot.signs(16, upper)}",
        f"AIza{lot.signs(35)}",
        f"xoxb-{lot.digits(12)}-{lot.digits(12)}-{lot.signs(24)}",
        f"glpat-{lot.signs(20)}",
        f"sk_live_{lot.signs(24)}",
        f"hf_{lot.signs(34)}",
        f"npm_{lot.signs(36)}",
        f"SG.{lot.signs(22)}.{lot.signs(43)}",
        f"AC{lot.signs(32, hexadecimal)}",
        f"gsk_{lot.signs(52)}",
    )
    frame = lot.of(
        "openai.api_key = '{}'",
        "export TOKEN={}",
        "Why does {} not work any more?",
        '{{"key":"{}"}}',
        "curl -H 'x-api-key: {}' https://api.example.com/v1",
        "here is my key {} please debug the script",
        "API_KEY: {}",
    )
    return Planted(frame.format(found), found, "api_key")


def private_key(lot: Lot) -> Planted:
    label = lot.of("RSA PRIVATE KEY", "PRIVATE KEY", "EC PRIVATE KEY", "OPENSSH PRIVATE KEY")
    body = base64.b64encode(lot.random.randbytes(lot.random.randint(90, 400))).decode()
    lines = [body[i : i + 64] for i in range(0, len(body), 64)]
    newline = lot.of("\n", "\n", "\\n")
    found = newline.join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----"])
    frame = lot.of(
        "ssh says invalid format, here is the key:\n{}\nwhat is wrong",
        '{{"private_key": "{}"}}',
        "cat key.pem\n{}",
        "{}",
    )
    return Planted(frame.format(found), found, "private_key")


def credentials(lot: Lot) -> Planted:
    user = lot.of("admin", "app_rw", "postgres", "mara", "root")
    password = lot.of(
        lot.signs(10), f"{lot.signs(6)}!{lot.digits(2)}", f"Summer{lot.digits(4)}$", "hunter2"
    )
    found = f"{user}:{password}"
    host = lot.of("db.example.com:5432/shop", "10.0.0.5/app", "mq.example.org", "localhost:27017")
    scheme = lot.of("postgres", "mysql+pymysql", "mongodb+srv", "redis", "https", "amqp", "ftp")
    frame = lot.of(
        "DATABASE_URL={}",
        "create_engine('{}') raises OperationalError",
        "git clone {}",
        'url: "{}"',
        "I connect to {} and get a time-out",
    )
    return Planted(frame.format(f"{scheme}://{found}@{host}"), found, "credentials")


def token(lot: Lot) -> Planted:
    def part(value: dict[str, object]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    claims = part({"sub": lot.digits(8), "name": lot.name(), "iat": 1516239022})
    jwt = f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{claims}.{lot.signs(43)}"
    opaque = lot.signs(lot.random.randint(24, 60))
    found, frame = lot.random.choice(
        [
            (jwt, "Authorization: Bearer {}"),
            (jwt, "decode this: {}"),
            (jwt, "document.cookie = 'session={}; path=/'"),
            (jwt, '{{"access_token": "{}", "expires_in": 3600}}'),
            (opaque, "curl -H 'Authorization: Bearer {}' https://api.example.com"),
            (opaque, "headers = {{'Authorization': 'Bearer {}'}}"),
        ]
    )
    return Planted(frame.format(found), found, "token")


PLANTERS: dict[str, Callable[[Lot], Planted]] = {
    planter.__name__: planter
    for planter in (
        email, phone, ipv4, ipv6, card, iban, api_key, private_key, credentials, token,
    )
}  # fmt: skip


def look_alike(lot: Lot) -> Planted:
    small = lambda high: str(lot.random.randint(0, high))  # noqa: E731 - a small number
    text = lot.random.choice(LOOK_ALIKES)(lot, small)
    return Planted(text, text, None)


LOOK_ALIKES: tuple[Callable[[Lot, Callable[[int], str]], str], ...] = (
    lambda lot, n: f"Upgrade from version {n(9)}.{n(20)}.{n(9)}.{n(200)} to the next one",
    lambda lot, n: f"v{n(9)}.{n(20)}.{n(9)}.{n(99)} crashes on start",
    lambda lot, n: f"Mozilla/5.0 (X11; Linux) Chrome/{n(130)}.0.{n(200)}.{n(200)} Safari/537.36",
    lambda lot, n: f"see section {n(9)}.{n(9)}.{n(9)}.{n(9)} of the standard",
    lambda lot, n: f"pip install torch=={n(3)}.{n(9)}.{n(9)}.{n(9)}",
    lambda lot, n: "bind to 127.0.0.1 or 0.0.0.0 with mask 255.255.255.0?",
    lambda lot, n: f"order {lot.digits(16, '789')} has not arrived",
    lambda lot, n: f"is {bad_card(lot)} divisible by seven",
    lambda lot, n: f"prime factors of {lot.digits(18, '789')}",
    lambda lot, n: f"timestamp {lot.digits(13, '1')} in milliseconds",
    lambda lot, n: f"the parcel {lot.digits(12)} is lost",
    lambda lot, n: f"ISBN 978-{n(9)}-{lot.digits(2)}-{lot.digits(6)}-{n(9)} is out of print",
    lambda lot, n: f"on 2024-{lot.digits(1)}{n(9)}-1{n(9)} at 10:{lot.digits(2)}:{lot.digits(2)}",
    lambda lot, n: f"{lot.digits(3)}, {lot.digits(3)}, {lot.digits(4)}: what comes next?",
    lambda lot, n: f"multiply {lot.digits(7)} by {lot.digits(6)}",
    lambda lot, n: f"population {lot.digits(3)} {lot.digits(3)} {lot.digits(3)} in 1999",
    lambda lot, n: f"pi is 3.14159265358979{lot.digits(9)}",
    lambda lot, n: f"x + {lot.digits(8)} = {lot.digits(9)}, solve for x",
    lambda lot, n: f"${lot.digits(1)},{lot.digits(3)},{lot.digits(3)}.00 of revenue",
    lambda lot, n: f"part number {lot.digits(3)}-{lot.digits(2)}-{lot.digits(4)} fits",
    lambda lot, n: f"lottery: 0{lot.digits(1)} 13 24 38 45",
    lambda lot, n: f"std::vector<int> v{n(9)}; abc::def()",
    lambda lot, n: f"for i in a[{n(9)}::2]: print(i)",
    lambda lot, n: f"the MAC is 00:1b:44:11:3a:{lot.digits(2)}",
    lambda lot, n: f"lap times 1:{lot.digits(2)}:{lot.digits(2)} and 12:{lot.digits(2)}:10",
    lambda lot, n: "what does ::1 mean in /etc/hosts?",
    lambda lot, n: f"@app.route('/u/{n(9)}') and @{lot.of('mara', 'jonas')} on social media",
    lambda lot, n: f"icon@{lot.of('2x', '3x')}.png is blurry",
    lambda lot, n: f"npm i react@18.{n(9)}.{n(9)} react-dom@18.{n(9)}",
    lambda lot, n: f"git@github.com:example/repo{n(9)}.git does not clone",
    lambda lot, n: "meet me @ noon. com or not com?",
    lambda lot, n: f"price @ {n(9)}.99 each",
    lambda lot, n: "set OPENAI_API_KEY=sk-your-key-here-please-replace-it",
    lambda lot, n: "sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    lambda lot, n: "class='sk-fading-circle-container-animated sk-wave'",
    lambda lot, n: "Authorization: Bearer <your token goes here>",
    lambda lot, n: "Authorization: Bearer YOUR_ACCESS_TOKEN_GOES_HERE",
    lambda lot, n: f"commit {lot.signs(40, 'abcdef0123456789')}",
    lambda lot, n: f"uuid {lot.signs(8, 'abcdef0123456789')}-1111-4222-8333-{lot.digits(12)}",
    lambda lot, n: f"sha256:{lot.signs(64, 'abcdef0123456789')}",
    lambda lot, n: "what is in a -----BEGIN RSA PRIVATE KEY----- file?",
    lambda lot, n: "-----BEGIN PUBLIC KEY-----\nMFwwDQYJKoZIhvcNAQEB\n-----END PUBLIC KEY-----",
    lambda lot, n: "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUZ8\n-----END CERTIFICATE-----",
    lambda lot, n: "postgres://${DB_USER}:${DB_PASS}@db/shop",
    lambda lot, n: "https://example.com:8443/a@b",
    lambda lot, n: f"ratio 4:3 at http://example.com/?q=a:b&n={n(9)}",
    lambda lot, n: f"GB{lot.digits(2)} is a postcode area, DE{lot.digits(2)} a model",
    lambda lot, n: f"DE{bad_iban(lot)} fails the check, why?",
    lambda lot, n: f"serial FR{lot.digits(2)} ABCD {lot.digits(4)} {lot.digits(4)}",
    lambda lot, n: f"port {lot.digits(5, '1')} and pid {lot.digits(5, '2')}",
)  # fmt: skip


def planted(seed: int = SEED) -> list[Planted]:
    """The private texts, thirty of each kind."""
    lot = Lot(seed)
    return [plant(lot) for plant in PLANTERS.values() for _ in range(PER_KIND)]


def look_alikes(seed: int = SEED, count: int = 300) -> list[Planted]:
    """Texts that hold nothing private, though something in them looks it."""
    lot = Lot(seed + 1)
    return [look_alike(lot) for _ in range(count)]


def luhn_digit(body: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value // 10 + value % 10
    return str(-total % 10)


def iban_digits(country: str, account: str) -> str:
    spelled = "".join(str(string.digits.find(c)) if c.isdigit() else str(ord(c) - 55)
                      for c in account + country)  # fmt: skip
    return f"{98 - int(spelled + '00') % 97:02d}"


def bad_card(lot: Lot) -> str:
    body = "4" + lot.digits(14, string.digits)
    return body + str((int(luhn_digit(body)) + 1 + lot.random.randint(0, 8)) % 10)


def bad_iban(lot: Lot) -> str:
    account = lot.digits(18)
    good = int(iban_digits("DE", account))
    return f"{(good + lot.random.randint(1, 90)) % 97 + 2:02d}{account}"
