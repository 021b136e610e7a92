"""Three hundred texts that look private and are not: versions, dates, identifiers, code, sums."""

from __future__ import annotations

import random
import string
import uuid
from collections.abc import Callable

_PER_KIND = 30
_HEX = "0123456789abcdef"


def LOOK_ALIKES(lot: random.Random) -> list[str]:  # noqa: N802 - the name of a table in its twin
    """Thirty texts beside each of the ten kinds."""
    texts = []
    for make in _MAKERS:
        frames = list(_FRAMES)
        lot.shuffle(frames)
        shapes = make(lot)
        for number in range(_PER_KIND):
            again = make(lot) if number >= len(shapes) else shapes
            shown = again[number % len(shapes)]
            texts.append(frames[number % len(frames)].replace("{}", shown))
    return texts


def _some(lot: random.Random, count: int, alphabet: str) -> str:
    return "".join(lot.choices(alphabet, k=count))


def _digits(lot: random.Random, count: int) -> str:
    return str(lot.randint(1, 9)) + _some(lot, count - 1, string.digits)


def _like_email(lot: random.Random) -> list[str]:
    minor = lot.randint(0, 20)
    return [
        f"npm install @angular/core@15.{minor}.1",
        "class A:\n    @property\n    def name(self): ...",
        "C = A @ B.T + noise",
        f"follow @someone{minor} and @nobody on the platform",
        "git clone git@github.com:owner/repo.git",
        "ssh deploy@staging",
        f"meet me @ 5pm, 3 @ ${minor}.50 each",
        "@media (max-width: 600px) { a { color: red } }",
        f"uses: actions/checkout@v{minor}",
        f"pip install 'pkg @ git+https://example.com/x@{_some(lot, 7, _HEX)}'",
        "SELECT @total := @total + 1",
        "https://blog.example.com/@writer/a-story",
        "user@ is missing its host",
        "foo@bar is not an address with a domain",
        f"docker pull registry/app@sha256:{_some(lot, 64, _HEX)}",
    ]


def _like_phone(lot: random.Random) -> list[str]:
    day = f"{lot.randint(1, 28):02d}"
    return [
        f"from 1999-2004 and 2010-{2011 + lot.randint(0, 9)}",
        f"2024-03-{day} 10:11:12",
        f"{day}.03.2024",
        f"20240{lot.randint(1, 9)}{day}T101112Z",
        f"1, 1, 2, 3, 5, 8, 13, 21, {_digits(lot, 2)}",
        f"ISBN 978-3-16-148410-{lot.randint(0, 9)}",
        f"ISBN-10 0-306-40615-{lot.randint(0, 9)}",
        f"52.5200{lot.randint(0, 9)}, 13.4050{lot.randint(0, 9)}",
        f"1700{_digits(lot, 6)}",
        f"1 234 567 + {_digits(lot, 3)} 890",
        f"population 1,{_digits(lot, 3)},{_digits(lot, 3)}",
        f"part no. {_digits(lot, 4)}-{_digits(lot, 5)}-{_some(lot, 2, 'ABC')}",
        f"RFC {_digits(lot, 4)}, section 4.1.2.3",
        f"3x^2 - 555x + {_digits(lot, 4)} = 0",
        f"CVE-2023-{_digits(lot, 5)}",
        f"[12 15 18 21 24 {_digits(lot, 2)}]",
        f"ticket #{_digits(lot, 7)} / build {_digits(lot, 5)}",
        f"ratio 16:9, 1920x1080, {_digits(lot, 3)} fps",
        f"pages 100-120, 200-{_digits(lot, 3)}",
        f"ZIP 10001-{_digits(lot, 4)}",
    ]


def _like_ipv4(lot: random.Random) -> list[str]:
    number = lot.randint(1, 9)
    return [
        f"version 1.2.3.{number}",
        f"Windows 10.0.19041.{_digits(lot, 4)}",
        f"Chrome/119.0.{_digits(lot, 4)}.{lot.randint(1, 199)} Safari/537.36",
        "listen on 127.0.0.1:8000",
        "bind to 0.0.0.0",
        "netmask 255.255.255.0",
        f"see section 4.3.2.{number} of the manual",
        f"v2.0.1.{number} was released",
        f"openssl 1.1.1.{number}",
        f"Gson-2.8.9.{number}.jar",
        f'AssemblyVersion("1.0.0.{number}")',
        f"scores 9.5.7.{number}00",
        f"999.300.{number}.1 is no address",
        f"pip install tool==3.1.4.{number}",
        f"1.1.1.{number} Scope of this document",
    ]


def _like_ipv6(lot: random.Random) -> list[str]:
    return [
        "std::vector<int> v; std::cout << v.size();",
        "use Face::Add; dead::beef::cafe->new",
        "12:30:45",
        f"from 08:15:00 to 09:{lot.randint(10, 59)}:30",
        f"MAC {':'.join(_some(lot, 2, _HEX) for _ in range(6))}",
        "loopback is ::1",
        "a[::2], a[::-1]",
        "ab::cd",
        "let m: HashMap<u8, Vec<u8>> = HashMap::new();",
        "Genesis 1:1, 2:4:5",
        f"fingerprint {':'.join(_some(lot, 2, _HEX) for _ in range(20))}",
        "ratio 1:2:3:4:5",
        "Foo::Bar::Baz.call",
        "crate::abc::de::f",
        f"seek to 00:{lot.randint(10, 59)}:12:07",
    ]


def _fails_luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value // 10 + value % 10
    return total % 10 != 0


def _like_card(lot: random.Random) -> list[str]:
    def order() -> str:
        while not _fails_luhn(digits := "4" + _digits(lot, 15)):
            pass
        return digits

    spaced = order()
    return [
        f"order {order()}",
        f"id={order()}",
        " ".join(spaced[i : i + 4] for i in range(0, 16, 4)),
        "IMEI 490154203237518",
        f"tracking 1Z999AA10{_digits(lot, 8)}",
        f"pi is 3.14159265358979323846 or {lot.randint(2, 9)}.71828182845904523536",
        f"17000000{_digits(lot, 5)} ms since the epoch",
        f"compute {_digits(lot, 20)} * {_digits(lot, 20)}",
        "0000 0000 0000 0000",
        f"user {_digits(lot, 18)}",
        "18446744073709551615 is the largest",
        "9223372036854775807",
        f"0x{_some(lot, 16, _HEX)}",
        f"0.{order()}",
        f"1{'0' * 15}",
    ]


def _like_iban(lot: random.Random) -> list[str]:
    return [
        f"VAT DE{_digits(lot, 9)}",
        f"GB00WEST{_digits(lot, 14)}",
        f"DE00 {_digits(lot, 4)} {_digits(lot, 4)} {_digits(lot, 4)} {_digits(lot, 4)} 00",
        f"flight FR14 2004, gate {_some(lot, 1, 'ABC')}{_digits(lot, 2)}",
        f"serial NO{_digits(lot, 2)}-{_digits(lot, 4)}-{_digits(lot, 3)}",
        f"SE45 is the road, exit {_digits(lot, 2)}",
        f"the ISIN US0378331005 and {_digits(lot, 2)} others",
        f"XX{_digits(lot, 2)} ABCD {_digits(lot, 4)} {_digits(lot, 4)}",
        f"AT61 BUS to stop {_digits(lot, 4)}",
        f"model CH93-{_some(lot, 8, string.ascii_uppercase)}",
        "IBAN: GBxx xxxx xxxx xxxx xxxx xx",
        f"part IT{_digits(lot, 2)}X{_digits(lot, 6)}",
        "BIC COBADEFFXXX",
        f"container MSCU{_digits(lot, 7)}",
        f"VIN 1HGCM82633A{_digits(lot, 6)}",
    ]


def _like_api_key(lot: random.Random) -> list[str]:
    return [
        "pip install sk-learn-extra",
        "openai.api_key = 'sk-...'",
        "export KEY=YOUR_API_KEY_HERE",
        "risk-assessment-and-management-framework-for-small-teams",
        "task-manager-application-with-due-dates-and-reminders",
        "from huggingface_hub import hf_hub_download, hf_file_system",
        "npm_config_registry=https://registry.example.com",
        "ghp_ is the prefix of GitHub's keys",
        "AKIA stands for an access key",
        "sk-" + "x" * 40,
        f"commit {_some(lot, 40, _HEX)}",
        str(uuid.UUID(int=lot.getrandbits(128))),
        "<YOUR_TOKEN>",
        "disk-based-key-value-store-benchmark-results-2023",
        "glpat-<token>",
        "sk_buff_head_init_class_key_of_the_kernel",
        f"md5 {_some(lot, 32, _HEX)}",
        "key = os.environ['OPENAI_API_KEY']",
        "AIza* is how they start",
        "api_key: ${SECRET_FROM_VAULT}",
    ]


def _like_private_key(lot: random.Random) -> list[str]:
    body = "\n".join(_some(lot, 64, string.ascii_letters + string.digits) for _ in range(4))
    names = ["CERTIFICATE", "PUBLIC KEY", "RSA PUBLIC KEY", "CERTIFICATE REQUEST",
             "PGP PUBLIC KEY BLOCK", "PGP MESSAGE", "DH PARAMETERS", "X509 CRL"]  # fmt: skip
    blocks = [f"-----BEGIN {name}-----\n{body}\n-----END {name}-----" for name in names]
    return [
        *blocks,
        "how do I make a private key with openssl genrsa?",
        "PRIVATE KEY in capitals",
        "ssh-rsa " + _some(lot, 100, string.ascii_letters + string.digits) + " me",
        "----- BEGIN NOTES -----\nbuy milk\n----- END NOTES -----",
        "path/to/private_key.pem",
        "class PrivateKey: pass",
        "the public key begins with ssh-ed25519 AAAA",
    ]


def _like_credentials(lot: random.Random) -> list[str]:
    port = _digits(lot, 4)
    return [
        f"http://example.com:{port}/path",
        f"https://example.com:{port}/@user/post",
        "https://example.com/a:b@c",
        "postgres://db.example.com/app",
        "user: admin, role: owner",
        "https://user@git.example.com/repo.git",
        f"redis://cache.example.com:{port}/0",
        "https://example.com/?time=10:30&to=@all",
        "see http://example.com: it works @ home",
        "scp file.txt host:/srv/www",
        "https://maps.example.com/place/@52.5,13.4,15z",
        f"git+https://example.com/x.git@v{port[0]}.1",
        "mailto:?subject=hi:there",
        "http://[::1]:3000/",
        "file:///home/me/a:b@c.txt",
    ]


def _like_token(lot: random.Random) -> list[str]:
    letters = string.ascii_letters + string.digits
    return [
        "Authorization: Bearer $TOKEN",
        "Authorization: Bearer <your token>",
        "Authorization: Bearer {token}",
        "the bearer of this letter brings news from abroad",
        f"data:image/png;base64,iVBORw0KGgo{_some(lot, 80, letters)}",
        f"sha256 {_some(lot, 64, _HEX)}",
        "eyJ is how an encoded object starts",
        f'integrity="sha384-{_some(lot, 64, letters)}"',
        "a.b.c and com.example.service.impl",
        "Standard bearer: responsibilities-and-history-of-the-office",
        "Bearer authentication explained",
        f"https://example.com/watch?v={_some(lot, 11, letters)}",
        "token=None",
        f"build.{_some(lot, 8, _HEX)}.min.js",
        "max_tokens=2048, stop_token='<|endoftext|>'",
    ]


_MAKERS: tuple[Callable[[random.Random], list[str]], ...] = (
    _like_email, _like_phone, _like_ipv4, _like_ipv6, _like_card,
    _like_iban, _like_api_key, _like_private_key, _like_credentials, _like_token,
)  # fmt: skip

_FRAMES = (
    "{}",
    "what does this mean?\n{}",
    "```\n{}\n```",
    "Explain {} to a child",
    "Erkläre bitte: {}",
    "I read {} somewhere. Is that right?",
    "1. one\n2. {}\n3. three",
    "为什么会出现 {} 这个结果",
    '{"message": "{}"}',
    "In the log:\n2024-01-05 12:00:01 INFO {}",
)
