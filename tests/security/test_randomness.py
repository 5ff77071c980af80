"""What must not be guessed comes from the system's generator and has 128 bits (ASVS 11.5.1); what people type instead has its
own bound (6.5.4, 6.6.3): few tries."""

from __future__ import annotations

import ast

from tests.security.test_outside import source

#: Shorter, and why that is so.
SHORT = {
    "waizhuan/shared/notify/codes.py": "the key of a message, told to nobody; the code itself: six digits, five tries",
    "waizhuan/identity/realname/authority/over_http.py": "the id of a call, for two logs",
    "waizhuan/projects/merges/screens.py": "names what waits in one's own session",
    "waizhuan/projects/applications/actions.py": "names a row of a form",
    "waizhuan/web/middleware.py": "the id of a request",
    "waizhuan/identity/sign_in/speech.py": "how long a pause lasts",
}
#: Letter by letter: how many bits together, and why fewer are enough.
BY_LETTERS = {
    "waizhuan/identity/openid/actions.py": "a client's id, which is public",
    "waizhuan/identity/sign_in/captcha.py": "the captcha's digits, asked once",
    "waizhuan/identity/second_factor/factors.py": "recovery codes: 50 bits, ten tries a quarter of an hour, Argon2id at rest",
}
SIZED = {"token_hex", "token_bytes", "token_urlsafe"}


def test_random_values_that_must_not_be_guessed_have_128_bits() -> None:
    short, letters = set(), set()
    for path, tree in source().items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            name = node.func.attr
            if getattr(node.func.value, "id", "") != "secrets":
                continue
            if name == "randbelow" or (
                name in SIZED and node.args and isinstance(node.args[0], ast.Constant) and int(node.args[0].value) < 16  # type: ignore[arg-type]
            ):
                short.add(path)
            if name == "choice":
                letters.add(path)
    assert short == set(SHORT)
    assert letters == set(BY_LETTERS)


def test_no_other_generator_is_used() -> None:
    weak = {
        path
        for path, tree in source().items()
        for node in ast.walk(tree)
        if (isinstance(node, ast.Import) and {a.name for a in node.names} & {"random", "uuid"})
        or (isinstance(node, ast.ImportFrom) and node.module in ("random", "uuid"))
    }
    assert weak == {"waizhuan/identity/realname/authority/over_http.py"}  # how long it waits before it asks again
