"""Debian packages as dose and apt see them, and the sets of them that they would let be installed."""

from __future__ import annotations

import os
import re
import subprocess
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from tests.support.mixtures.model import Built, Stated

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.support.mixtures.model import Case, Question

FIELDS = ("Pre-Depends", "Depends", "Breaks", "Conflicts", "Replaces", "Provides")
STUBS = "libc6 libbz2-1.0 zlib1g systemd init-system-helpers"
"""What relay's packages need of the distribution."""

_AT_ONCE = 2000
"""Questions in one call: each conflicts with all the packages, so that time grows with their square."""

_APT = """Dir "{0}"; Dir::Etc "{0}/etc"; Dir::State "{0}"; Dir::State::lists "{0}/lists";
Dir::State::status "{0}/status"; Dir::Cache "{0}/cache"; Dir::Log "{0}"; APT::Sandbox::User "";
Acquire::Languages "none"; Debug::NoLocking "1"; APT::Architectures {{ "amd64"; "i386"; }};
#clear APT::Update::Post-Invoke; #clear APT::Update::Post-Invoke-Success; #clear DPkg::Post-Invoke;
"""


def read(path: Path) -> Built:
    """What dpkg says of a package."""
    names = ("Package", "Version", "Architecture", "Multi-Arch", *FIELDS)
    form = "".join(f"${{{name}}}\x1e" for name in names)
    done = subprocess.run(["dpkg-deb", "-W", f"--showformat={form}", path], capture_output=True, check=True)
    name, version, architecture, multi_arch, *fields, _end = done.stdout.decode().split("\x1e")
    relations = (
        Stated(field, text.strip())
        for field, value in zip(FIELDS, fields, strict=True)
        for text in value.split(",")
        if text.strip()
    )
    return Built(name, version, architecture, tuple(relations), multi_arch)


def base(name: str, architecture: str) -> Built:
    """A package of the distribution."""
    return Built(name, "9:999", architecture, (), "same")


BASE = tuple(base(name, architecture) for name in STUBS.split() for architecture in ("amd64", "i386"))


def foreign(package: Built) -> Built:
    """The same package built for i386."""
    return replace(package, architecture="i386")


def ask(cases: Sequence[Case]) -> list[list[bool]]:
    """dose's answers."""
    with TemporaryDirectory(prefix="dose-") as folder:
        return [_answers(case, Path(folder)) for case in cases]


def _answers(case: Case, folder: Path) -> list[bool]:
    found = list[bool]()
    for start in range(0, len(case.questions), _AT_ONCE):
        some = case.questions[start : start + _AT_ONCE]
        found += _asked(replace(case, questions=some), folder)
    return found


def _asked(case: Case, folder: Path) -> list[bool]:
    """Each question is a package that depends on what is to be present and conflicts with the rest."""
    questions = (
        stanza(Built(f"question-{at}", "1", "amd64", tuple(_as_relations(question, case.packages))))
        for at, question in enumerate(case.questions)
    )
    (folder / "questions").write_text("".join(questions))
    known = (*case.packages, *BASE, *_impossible(case.packages))
    (folder / "packages").write_text("".join(map(stanza, known)))
    options = ["--deb-native-arch=amd64", "--deb-foreign-archs=i386", "--successes"]
    argv = ["dose-debcheck", *options, f"--fg={folder}/questions", f"--bg={folder}/packages"]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    assert f"foreground-packages: {len(case.questions)}\n" in done.stdout, done.stdout[-500:] + done.stderr
    fine = {int(number) for number in re.findall(r"^  package: question-(\d+)$", done.stdout, re.MULTILINE)}
    return [at in fine for at in range(len(case.questions))]


def _impossible(packages: Sequence[Built]) -> Iterable[Built]:
    """Packages that cannot be installed, called as what others merely provide.

    Without one of that name dose (7.0.0) passes over Breaks in packages that are `Multi-Arch: same`; apt
    does not.
    """
    provided = {
        one.text.split()[0] for package in packages for one in package.relations if one.field == "Provides"
    }
    for name in sorted(provided - {package.name for package in packages}):
        yield Built(name, "0", "amd64", (Stated("Depends", "nothing-of-this-name"),))


def _as_relations(question: Question, packages: Sequence[Built]) -> Iterable[Stated]:
    for field, chosen in (("Depends", question.present), ("Conflicts", question.absent)):
        for at in chosen:
            one = packages[at]
            yield Stated(field, f"{one.name}:{one.architecture} (= {one.version})")


def stanza(package: Built, *more: str) -> str:
    """The package as in lists of apt and dpkg; `more` are further fields."""
    fields = defaultdict[str, list[str]](list)
    for one in package.relations:
        fields[one.field].append(one.text)
    lines = [
        f"Package: {package.name}",
        f"Version: {package.version}",
        f"Architecture: {package.architecture}",
        *([f"Multi-Arch: {package.multi_arch}"] if package.multi_arch else []),
        *(f"{field}: {', '.join(texts)}" for field, texts in fields.items()),
        *more,
    ]
    return "\n".join([*lines, "", ""])


def apt_accepts(installed: Iterable[Built], folder: Path) -> bool:
    """Whether apt finds nothing amiss where just these packages are installed, and nothing is offered."""
    done = apt(folder, installed, (), "check")
    assert (done.returncode, "Unmet dependencies." in done.stderr) in {(0, False), (100, True)}, done.stderr
    return done.returncode == 0


def apt_changes(installed: Iterable[Built], offered: Iterable[Built], folder: Path, *argv: str) -> list[str]:
    """What apt would do, as `Inst NAME VERSION` and `Remv NAME`."""
    done = apt(folder, installed, offered, "--simulate", *argv)
    assert done.returncode == 0, done.stderr
    return changes(done.stdout)


def changes(said: str) -> list[str]:
    """What apt says that it would do."""
    found = re.findall(r"^(Inst) (\S+) .*\((\S+) .*|^(Remv) (\S+) ", said, re.MULTILINE)
    return sorted(" ".join(filter(None, words)) for words in found)


def apt(
    folder: Path, installed: Iterable[Built], offered: Iterable[Built], *argv: str
) -> subprocess.CompletedProcess[str]:
    """Runs apt-get where these packages are installed and those are offered."""
    for name in ("etc/apt.conf.d", "etc/preferences.d", "lists/partial", "cache/archives/partial", "repo"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    told = ("Maintainer: a <a@b>", "Description: a")
    status = (stanza(one, "Status: install ok installed", *told) for one in (*installed, *BASE))
    (folder / "status").write_text("".join(status))
    index = (
        stanza(one, f"Filename: ./{one.name}.deb", "Size: 1", f"SHA256: {'0' * 64}", *told) for one in offered
    )
    (folder / "repo/Packages").write_text("".join(index))
    (folder / "etc/sources.list").write_text(f"deb [trusted=yes] file:{folder}/repo ./\n")
    (folder / "apt.conf").write_text(_APT.format(folder))
    (folder / "cache/pkgcache.bin").unlink(missing_ok=True)
    environment = {**os.environ, "APT_CONFIG": str(folder / "apt.conf"), "LC_ALL": "C"}
    if (folder / "repo/Packages").stat().st_size:
        subprocess.run(["apt-get", "-qq", "update"], check=True, env=environment, capture_output=True)
    return subprocess.run(["apt-get", *argv], env=environment, capture_output=True, text=True, check=False)
