"""What installing a package switches on, and what is done when files come and go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splitpkg.diagnostics import Diagnostic
from splitpkg.manifest.template import filled
from splitpkg.plan.model import Trigger
from splitpkg.plan.texts import full_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from splitpkg.plan.claims import Key
    from splitpkg.plan.split import Split

Enabled = dict[str, tuple[tuple[str, str], ...]]
"""By the suffix of a package: its links, each with what it leads to, sorted."""


def enabled(split: Split) -> tuple[Enabled, list[Diagnostic]]:
    """The links of each package; one that leads elsewhere than to a path of the package is a finding."""
    found: dict[str, dict[str, str]] = {}
    takers: dict[str, str] = {}
    findings = []
    for suffix, key, link, target in _asked(split):
        found.setdefault(suffix, {})[link] = target
        if target not in split.paths.get(suffix, ()):
            findings.append(_astray(split, suffix, key, link, target))
        if split.tree.inventory.get(link) is not None or takers.setdefault(link, suffix) != suffix:
            findings.append(_taken(split, key, link))
    return {suffix: tuple(sorted(links.items())) for suffix, links in found.items()}, findings


def _asked(split: Split) -> Iterator[tuple[str, Key, str, str]]:
    """Package, place in the manifest, link, target. What is said of one module counts for its family's."""
    content = split.manifest.content
    for suffix, package in content.package.items():
        for link, target in package.enable.items():
            yield suffix, ("package", suffix, "enable", link), link, target
    for member in split.members:
        own = content.module.get(member.suffix)
        if own is not None and own.enable:
            key: Key = ("module", member.suffix)
            enable = own.enable
        else:
            key, enable = ("family", member.family), content.family[member.family].enable
        for link, target in enable.items():
            names = member.names
            yield member.package, (*key, "enable", link), filled(link, names), filled(target, names)


def triggers(split: Split) -> tuple[tuple[Trigger, ...], list[Diagnostic]]:
    """The triggers; one of a package that is not there is a finding."""
    found, findings = [], []
    for number, one in enumerate(split.manifest.content.trigger):
        if one.package not in split.roles:
            findings.append(
                Diagnostic(
                    "target-unknown",
                    split.manifest.where("trigger", number, "package"),
                    f"`package` in [[trigger]] names `{one.package}`, which is no package of the plan",
                    hint="name a package by what follows the program's name",
                )
            )
        name = full_name(split.manifest.content, one.package)
        found.append(Trigger(name, one.paths, one.reload, one.run))
    return tuple(found), findings


def _astray(split: Split, suffix: str, key: Key, link: str, target: str) -> Diagnostic:
    return Diagnostic(
        "link-astray",
        split.manifest.where(*key),
        f"the link `{link}` leads to `{target}`, which package `{suffix}` does not hold",
        hint="name a file of the package, or give it that file by `files` or `beside`",
    )


def _taken(split: Split, key: Key, link: str) -> Diagnostic:
    return Diagnostic(
        "link-astray",
        split.manifest.where(*key),
        f"the link `{link}` has the place of a path of the tree, or of another package's link",
        hint="give it another name, or leave the tree's out with [[exclude]]",
    )
