"""Conventions that matter, as tests: the import rule, a pure core, small files, nothing without a test."""

from __future__ import annotations

import ast
import re
import subprocess
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def _files() -> list[Path]:
    """The package's modules: those that git knows, or all where there is no git."""
    listed = subprocess.run(["git", "ls-files", "routing"], cwd=ROOT, capture_output=True, text=True, check=False)
    known = {ROOT / name for name in listed.stdout.split()}
    return [path for path in sorted((ROOT / "routing").rglob("*.py")) if not known or path in known]


FILES = _files()
CORE = ("model", "words", "steps", "decide", "offline", "testing", "lint", "diff", "graph", "simulate")
PURE = ("model", "words", "steps", "load", "compile", "decide", "offline", "testing")
ADAPTERS = ("esl", "http", "crm", "store", "journal", "notify", "web", "track", "pops", "callbacks", "speech")
#: What is said on a call's socket, apart from the socket: the offline switch says it in memory.
WITHOUT_IO = ("esl.exchange", "esl.facts", "esl.protocol")
WIRED = (
    "process", "release", "engine", "inline", "public", "node", "proxy", "recorder", "doctor", "desk", "cluster",
)  # fmt: skip
#: What each part may import besides itself; the docstring of `routing` tells the order.
MAY: dict[str, tuple[str, ...]] = {
    "model": (),
    "words": ("model",),
    "steps": ("model", "words"),
    "load": ("model", "words", "steps"),
    "compile": ("model", "words", "steps", "load"),
    "decide": ("model", "words"),
    "offline": ("model", "words", "steps", "load", "compile", "decide", *WITHOUT_IO),
    "testing": PURE,
    "lint": PURE,
    "diff": PURE,
    "graph": PURE,
    "simulate": PURE,
    "sample": (*PURE, "journal"),
    "imports": ("model",),
    **dict.fromkeys(ADAPTERS, ("model",)),
    **dict.fromkeys(("track", "pops"), ("model", "web")),
    "web": ("model", "http", "process"),
    "process": ("model", "store"),
    "release": ("model", "compile", "decide", "process"),
    "engine": ("model", "decide", *ADAPTERS, "process", "release"),
    "inline": ("model", "decide", "esl", "store", "process", "release", "engine"),
    "public": ("model", "store", "journal", "web", "track", "pops", "callbacks", "process"),
    "node": ("model", "compile", "process"),
    "proxy": ("model", "compile", "node"),
    "recorder": ("model", "decide", *ADAPTERS, "process", "release", "node"),
    "desk": (*PURE, *ADAPTERS, "graph", "diff", "process", "release", "node"),
    "doctor": ("model", "load", "compile", "esl", "store", "process", "release", "node"),
    "cluster": ("model", "load", "compile", "esl", "process", "release", "node", "proxy", "doctor"),
    "cli": (*PURE, *ADAPTERS, "lint", "diff", "graph", "simulate", "sample", "imports", *WIRED),
}
#: The offline switch may be asked over TCP by a real engine: its socket is at its edge.
EDGES = {"offline/socket_peer.py", "offline/files.py"}


def _name(path: Path) -> str:
    return path.relative_to(ROOT / "routing").as_posix()


def _part(path: Path) -> str:
    return _name(path).partition("/")[0] if path.parent != ROOT / "routing" else ""


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def _nodes(path: Path) -> tuple[ast.AST, ...]:
    found: list[ast.AST] = [_tree(path)]
    for node in found:  # grows on the way
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, list):
                found += [each for each in value if isinstance(each, ast.AST)]
            elif isinstance(value, ast.AST) and not isinstance(value, ast.expr_context):
                found.append(value)
    return tuple(found)


@cache
def _imports(path: Path) -> set[str]:
    found = set()
    for node in _nodes(path):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{name.name}" for name in node.names}
    return found


def test_a_module_imports_inward_only() -> None:
    wrong = []
    for path in FILES:
        part = _part(path)
        for name in _imports(path):
            if not part or not name.startswith("routing."):
                continue
            may = ("__version__", part, *MAY.get(part, ()))
            if not name.startswith(tuple(f"routing.{each}." for each in may)):
                wrong.append(f"{_name(path)} imports {name}")
    assert wrong == []


def test_what_is_said_on_a_socket_needs_none() -> None:
    inside = ("routing.model.", *(f"routing.{each}." for each in WITHOUT_IO))
    for module in WITHOUT_IO:
        imported = _imports(ROOT / "routing" / f"{module.replace('.', '/')}.py")
        assert not {name for name in imported if name.partition(".")[0] in ("gevent", "socket", "greenswitch", "time")}
        assert all(name.startswith(inside) for name in imported if name.startswith("routing."))


#: What one module alone does, so that it has no twin with other settings.
ONCE = {
    "from jinja2": "compile/templates.py",
    "werkzeug.exceptions": "desk/application.py web/skeleton.py",
    "Access-Control-Allow-Origin": "web/skeleton.py",
    "O_PATH": "model/socket_path.py",
}


@pytest.mark.parametrize("what", ONCE)
def test_what_has_one_place_has_no_twin(what: str) -> None:
    texts = {_name(path): path.read_text(encoding="utf-8") for path in FILES}
    assert [name for name, text in texts.items() if re.search(rf"\b{re.escape(what)}\b", text)] == ONCE[what].split()


def test_no_modules_import_each_other_in_a_circle() -> None:
    modules = {_module(path): path for path in FILES}
    graph = {
        module: {known for name in _imports(path) if (known := name if name in modules else name.rpartition(".")[0])}
        for module, path in modules.items()
    }
    TopologicalSorter(graph).prepare()  # raises CycleError, which names them


#: Costs a second or is of no use between a call and its decision: a worker that died is replaced without it.
AUTHORS_ONLY = {"pydantic", "yaml", "jinja2", "flask", "sqlalchemy", "click", "requests", "rich"}


def _reached(name: str) -> set[str]:
    """Everything that importing one of our modules imports, as `_imports` names it."""
    by_name = {_name(path)[:-3].replace("/", "."): path for path in FILES}
    found, waiting = set(), [name]
    while waiting:
        first = waiting.pop()
        path = by_name.get(first) or by_name.get(f"{first}.__init__")
        for each in _imports(path) if path else ():
            inside = each.removeprefix("routing.")
            if each not in found:
                found.add(each)
                waiting += [inside, inside.rpartition(".")[0]]
    return found


@pytest.mark.parametrize("loaded", ["engine.worker", "inline.door"])
def test_what_decides_loads_nothing_that_only_authors_need(loaded: str) -> None:
    reached = _reached(loaded)
    assert any(name.startswith("routing.decide.webhook") for name in reached)
    assert sorted(name for name in reached if name.split(".")[0] in AUTHORS_ONLY) == []


def test_every_part_is_in_the_table_and_in_the_docstring() -> None:
    parts = {_part(path) for path in FILES} - {""}
    said = ast.get_docstring(_tree(ROOT / "routing/__init__.py")) or ""
    assert parts <= set(MAY)
    assert [part for part in sorted(parts) if f"``{part}``" not in said] == []


IMPURE = {"time", "random", "secrets", "socket", "subprocess", "os.environ", "requests", "gevent", "redis"}


def test_the_core_has_no_clock_no_chance_and_no_environment() -> None:
    wrong = []
    for path in FILES:
        if _part(path) not in CORE or _name(path) in EDGES:
            continue
        wrong += [f"{_name(path)} imports {name}" for name in _imports(path) if name.split(".")[0] in IMPURE]
        for node in _nodes(path):
            asks = isinstance(node, ast.Attribute) and node.attr in ("now", "utcnow", "today", "environ", "getenv")
            if asks and ast.unparse(node.value) in ("datetime", "date", "os", "datetime.datetime", "datetime.date"):
                wrong.append(f"{_name(path)}:{node.lineno} {ast.unparse(node)}")
    assert wrong == []


def test_nothing_prints() -> None:
    calls = ((path, node.func) for path in FILES for node in _nodes(path) if isinstance(node, ast.Call))
    prints = ((path, name) for path, name in calls if isinstance(name, ast.Name) and name.id == "print")
    assert [f"{_name(path)}:{name.lineno}" for path, name in prints] == []


def test_files_and_functions_are_small() -> None:
    long = [_name(path) for path in FILES if len(path.read_text(encoding="utf-8").splitlines()) > 250]
    functions = (
        (path, node)
        for path in FILES
        for node in _nodes(path)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    long += [f"{_name(path)}:{node.name}" for path, node in functions if (node.end_lineno or 0) - node.lineno + 1 > 40]
    assert long == []


#: Words that name no thing: say what a value is, with the terms of docs/glossary.rst.
VAGUE = {"told", "untold", "said", "asked", "taken", "words", "wanted", "beside", "patience", "organ", "undisturbed"}
#: A column of the journal and a field of its JSON; Erlang A's own term, and a setting of simulations.
PUBLIC_NAMES = {"asked_ms", "patience", "patience_ms"}


def _defined(node: ast.AST) -> str:
    """The name that a node defines, or ""."""
    match node:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.arg(arg=name):
            return name
        case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
            return name
    return ""


def test_names_say_what_a_value_is() -> None:
    names = {(path, name) for path in FILES for name in (path.stem, *map(_defined, _nodes(path)))}
    vague = [
        f"{_name(path)}: {name}"
        for path, name in names
        if name not in PUBLIC_NAMES and VAGUE & {word.lower() for word in re.split(r"_|(?<=[a-z])(?=[A-Z])", name)}
    ]
    assert sorted(vague) == []


def test_a_class_name_is_defined_once() -> None:
    places: dict[str, list[str]] = {}
    for path in FILES:
        for node in _nodes(path):
            if isinstance(node, ast.ClassDef):
                places.setdefault(node.name, []).append(_name(path))
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_every_module_says_what_it_is_for() -> None:
    assert [_name(path) for path in FILES if not ast.get_docstring(_tree(path))] == []


def test_public_functions_and_classes_are_documented() -> None:
    missing = []
    for path in FILES:
        for node in _tree(path).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                missing += [] if ast.get_docstring(node) else [f"{_name(path)}:{node.name}"]
    assert missing == []


@pytest.fixture(scope="module")
def tested() -> set[str]:
    """Modules that a test imports, and those that they import in turn."""
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py")]
    texts += [path.read_text(encoding="utf-8") for path in (ROOT / "tools").glob("*.py")]
    words = {word for text in texts for word in re.findall(r"routing(?:\.\w+)+", text)}
    for text in texts:
        for module, names in re.findall(r"from (routing[\w.]*) import \(?([\w, \n]+)", text):
            words |= {module} | {f"{module}.{name.strip()}" for name in names.split(",")}
    modules = {_module(path): path for path in FILES}
    found, queue = set(), [module for module in modules if module in words or module in ("routing.cli", "routing")]
    while queue:
        module = queue.pop()
        if module in found:
            continue
        found.add(module)
        text = modules[module].read_text(encoding="utf-8")
        lazy = set(re.findall(r'"(routing\.[\w.]+)"', text))
        for name in _imports(modules[module]) | lazy:
            queue += [known for known in (name, name.rpartition(".")[0]) if known in modules]
    return found


def _module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def test_every_module_is_reached_by_a_test(tested: set[str]) -> None:
    reached = tested | {"routing.__main__"}
    assert [_name(path) for path in FILES if _module(path) not in reached and path.name != "__init__.py"] == []


def test_no_places_of_one_machine_in_files() -> None:
    places = re.compile("/" + r"(home|work|root|Users)/\w")
    shown = [path for path in FILES if places.search(path.read_text(encoding="utf-8"))]
    assert [_name(path) for path in shown] == []


#: A person may be anybody.
HE = re.compile(r"\b(?:he|his|him|himself)\b", re.IGNORECASE)
#: The code of a language.
NO_PERSON = ('"he"',)


def test_what_tests_share_is_in_one_place() -> None:
    files = [path for path in (ROOT / "tests").rglob("*.py") if path != Path(__file__)]
    wrong = re.compile(r"^(from|import) (tests?_\w+|tests\b)|^sys\.path", re.MULTILINE)
    assert [path.name for path in files if wrong.search(path.read_text(encoding="utf-8"))] == []
    helpers = {path for path in files if not path.name.startswith("test_") and path.name != "conftest.py"}
    assert [path.name for path in helpers if path.relative_to(ROOT / "tests").parts[0] != "support"] == []


def test_people_are_they() -> None:
    prose = [
        path
        for kind in ("routing/**/*.py", "routing/**/*.js", "tools/*.py", "C*.rst")
        for path in ROOT.glob(kind)
        if "vendor" not in path.parts
    ]
    lines = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in prose
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if HE.search(line) and not any(each in line for each in NO_PERSON)
    ]
    assert lines == []
