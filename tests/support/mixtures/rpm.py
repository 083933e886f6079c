"""RPM packages as libsolv sees them, and the sets of them that it would let be installed."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from tests.support import dnf
from tests.support.mixtures.model import Built, Stated
from tests.support.rpm import by_rpm_itself, run

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from tests.support.mixtures.model import Case

FIELDS = ("Requires", "Provides", "Conflicts", "Obsoletes")

# Belongs to the Python of the distribution. Packages that a question wants absent are locked, which keeps
# them out. A solver is asked again and again: that is what makes ten thousand questions a matter of a tenth
# of a second.
SOLVER = """
import json, sys, solv
OPERATORS = {"<": solv.REL_LT, "<=": solv.REL_LT | solv.REL_EQ, "=": solv.REL_EQ,
             ">=": solv.REL_GT | solv.REL_EQ, ">": solv.REL_GT}
def dependency(pool, text):
    if text.startswith("("):
        return pool.parserpmrichdep(text)
    name, *bound = text.split()
    dep = pool.Dep(name)
    return dep.Rel(OPERATORS[bound[0]], pool.Dep(bound[1])) if bound else dep
def added(pool, repo, package):
    one = repo.add_solvable()
    one.name, one.evr, one.arch = package["name"], package["version"], package["architecture"]
    for field, text in package["relations"]:
        getattr(one, "add_" + field.lower())(dependency(pool, text))
    return one.id
def answers(packages, questions):
    pool = solv.Pool()
    pool.setarch("x86_64")
    pool.set_flag(solv.Pool.POOL_FLAG_IMPLICITOBSOLETEUSESCOLORS, 1)
    repo = pool.add_repo("test")
    ids = [added(pool, repo, package) for package in packages]
    pool.createwhatprovides()
    solver = pool.Solver()
    jobs = lambda how: [pool.Job(how | solv.Job.SOLVER_SOLVABLE, one) for one in ids]
    install, keep_out = jobs(solv.Job.SOLVER_INSTALL), jobs(solv.Job.SOLVER_LOCK)
    return [not solver.solve([install[at] for at in present] + [keep_out[at] for at in absent])
            for present, absent in questions]
json.dump([answers(*case) for case in json.load(sys.stdin)], sys.stdout)
"""


def read(path: Path) -> Built:
    """What rpm says of a package; rpm's own features are left out."""
    head = run("rpm", "-qp", "--qf", "%{NAME} %{EVR} %{ARCH}", path).split()
    relations = (
        Stated(field, line)
        for field in FIELDS
        for line in run("rpm", "-qp", f"--{field.lower()}", path).splitlines()
        if not line.startswith("rpmlib(")
    )
    return Built(head[0], head[1], head[2], tuple(dict.fromkeys(relations)))


@cache
def base() -> tuple[Built, ...]:
    """The distribution: what this machine's libraries provide, for both architectures."""
    host = read(dnf.base())
    return (host, foreign(host))


def foreign(package: Built) -> Built:
    """The same package built for 32 bits, as elfdeps and `%{?_isa}` would have it."""
    relations = (
        Stated(
            one.field, one.text.replace("()(64bit)", "").replace("(64bit)", "").replace("x86-64", "x86-32")
        )
        for one in package.relations
    )
    return replace(package, architecture="i686", relations=tuple(relations))


def ask(cases: Sequence[Case]) -> list[list[bool]]:
    """libsolv's answers."""
    asked = [
        (
            [_plain(package) for package in (*case.packages, *base())],
            [(question.present, question.absent) for question in case.questions],
        )
        for case in cases
    ]
    argv = ["/usr/bin/python3", "-c", SOLVER]
    done = subprocess.run(argv, input=json.dumps(asked), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: list[list[bool]] = json.loads(done.stdout)
    return found


def rpm_accepts(installed: Iterable[Path], root: Path) -> bool:
    """Whether rpm would install just these packages, and what the distribution has, into an empty root."""
    options = ["--install", "--test", f"--root={root}", "--dbpath=/var/lib/rpm"]
    argv = [*dnf.AS_ROOT, *by_rpm_itself(), *options, *map(str, (dnf.base(), *installed))]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert (done.returncode == 0) != ("error: Failed dependencies:\n" in done.stderr), done.stderr
    return done.returncode == 0


def _plain(package: Built) -> dict[str, object]:
    return {
        "name": package.name,
        "version": package.version,
        "architecture": package.architecture,
        "relations": [(one.field, one.text) for one in package.relations],
    }
