"""A file's digest is the same under every Python at hand, and tells what the file says from what it does not."""

import ast
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from rnnatlas.provenance import canonical
from rnnatlas.provenance.canonical import canonical_digest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(ROOT.joinpath("workflow").rglob("*.py"))
OTHERS = [f"python3.{minor}" for minor in range(11, 16) if minor != sys.version_info.minor]

# What interpreters tell differently: f-strings, text that only some can print, parameters of types, u"…", and many kinds of node.
HARD = r"""
x = f"a{1}b" "c" f"{x!r:>{w}}{{}}" f"{x=}" f"{x = !s:>3}" "" f"{x:}" f"" f"{1:%H:%M}" f"{'a' 'b'}" rf"\d{2}" f"\N{EM DASH}{3}"
y = u"abc" "é\u2029\U0001fae8", b"\xff", 1e300, 1j, ..., True, None, -1, 1_000, 0xffffffffffffffffffffff
def f(a, /, b: int = 1, *, c=None) -> "str":
    "doc"
    match a:
        case {"x": 1, **rest}: pass
        case [1, *_] | None: pass
        case str(): return lambda: 0
    try: pass
    except* ValueError: pass
    with (open(1) as g, h): z: int
    async def q(): return [i async for i in j if await k]
    return f'''{
        a + "x"}''', f"{f'{1}' + 'é'}{a!a}", a[1:2, ::3], *b
class A(B, metaclass=C):
    "doc"
    v: int = 3
    "attribute"
"""


@cache
def interpreter(name: str) -> str | None:
    """The path of another Python; None where there is none that starts (a version manager's stand-in need not)."""
    found = shutil.which(name)
    if found is None:
        return None
    said = subprocess.run([found, "-c", "import sys; print(sys.version_info.minor)"], capture_output=True, check=False)
    return found if said.stdout.decode().strip() == name.split(".")[1] else None


def test_the_form_is_the_documented_one() -> None:
    """It must not change in silence: every training would be repeated."""
    pieces = "".join(canonical._pieces(ast.parse('"doc"\nx = f"a" "é" f"{y!r}{None}" u"b"')))
    text = "JoinedStr(values=['a\\xe9',FormattedValue(conversion=114,value=Name(ctx=Load(),id='y',),),"
    text += "FormattedValue(conversion=-1,value=Constant(),),'b',],)"
    assert pieces == f"Module(body=[Assign(targets=[Name(ctx=Store(),id='x',),],value={text},),],)"


@pytest.mark.parametrize("name", OTHERS)
def test_another_python_finds_the_same_digests(name: str, tmp_path: Path) -> None:
    """Of all sources of the project and of a text with all that is told differently; in an ASCII locale besides."""
    other = interpreter(name)
    if other is None:
        pytest.skip(f"there is no {name} here")
    hard = tmp_path / "hard.py"
    hard.write_text(HARD, encoding="utf-8")
    files = [*SOURCES, hard]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    run = subprocess.run(
        [other, canonical.__file__, *map(str, files)], capture_output=True, encoding="utf-8", check=True,
        env=environment | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    )  # fmt: skip
    here = {file: canonical_digest(ast.parse(file.read_bytes())) for file in files}
    assert dict(zip(files, run.stdout.split(), strict=True)) == here


def digest(text: str) -> str:
    return canonical_digest(ast.parse(text))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x = 1", "x = 1  # a comment"),
        ("x = (1,\n  2)", "x = 1, 2"),
        ("x = 'a'", 'x = "a"'),
        ("x = 'a' 'b'", "x = 'ab'"),
        ("x = f'a' 'b{y}' f'{y}c'", "x = 'a' f'b{{y}}{y}c'"),
        ("def f():\n    'one'\n    return 1", "def f():\n    return 1"),
        ("class A:\n    x: int\n    'meaning'", "class A:\n    x: int"),
        ("x = 0x10", "x = 16"),
    ],
)
def test_what_says_the_same_has_the_same_digest(one: str, other: str) -> None:
    assert digest(one) == digest(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x = 1", "x = 2"),
        ("x = 1", "x = 1.0"),
        ("x = 1", "x = True"),
        ("x = 'None'", "x = None"),
        ("x = ''", "x = None"),
        ("x = 'a'", "x = b'a'"),
        ("x = f'{y}'", "x = f'{y!r}'"),
        ("x = f'{y}'", "x = f'{y:1}'"),
        ("x = f'{1}a'", "x = f'{1}b'"),
        ("x = f'{a}b{c}'", "x = f'{a}{c}b'"),
        ("x = [], [1]", "x = [[], 1]"),
        ("def f(a, b): pass", "def f(a, *, b): pass"),
        ("def f(a, /): pass", "def f(a): pass"),
        ("return_ = lambda: 0", "return_ = lambda x: 0"),
        ("f(*a)", "f(a)"),
        ("f(a=1)", "f(**a)"),
        ("x[1:]", "x[:1]"),
        ("async def f(): pass", "def f(): pass"),
        ("def f():\n    return", "def f():\n    return None"),
        ("{**a}", "{a: a}"),
        ("{a: b, **c}", "{**c, a: b}"),
        ("def f(*, a, b=1): pass", "def f(*, a=1, b): pass"),
        ("x: int", "x: int = 1"),
        ("try:\n    f()\nexcept A:\n    pass", "try:\n    f()\nexcept:\n    pass"),
        ("try:\n    f()\nfinally:\n    g()", "try:\n    f()\nexcept A:\n    pass\nelse:\n    g()"),
    ],
)
def test_what_says_something_else_has_another_digest(one: str, other: str) -> None:
    assert digest(one) != digest(other)
