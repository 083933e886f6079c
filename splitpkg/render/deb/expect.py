"""What the plan lets one expect of the Debian packages that are built from debian/."""

from __future__ import annotations

import posixpath
import re
import sysconfig
from dataclasses import replace
from typing import TYPE_CHECKING

from splitpkg.abi.model import TagFamily
from splitpkg.plan.model import Config, Constraint, Reason, Relation, RelationKind
from splitpkg.render import late
from splitpkg.render.deb import relations, tags
from splitpkg.render.deb.capabilities import private_abi
from splitpkg.render.deb.conffiles import is_conffile
from splitpkg.render.deb.modes import packed
from splitpkg.render.deb.overrides import installed
from splitpkg.render.deb.rules import unchanged, undocumented
from splitpkg.render.deb.seen import is_stated
from splitpkg.render.deb.source import DebSource
from splitpkg.verify.model import ExpectedPackage, ExpectedRelation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from splitpkg.abi.model import Tag
    from splitpkg.manifest.model import ManifestFile
    from splitpkg.plan.model import Plan, PlannedFile, PlannedPackage


def expected(manifest: ManifestFile, plan: Plan, multiarch: str | None = None) -> tuple[ExpectedPackage, ...]:
    """One for each package of the plan, sorted by the name in Debian.

    `multiarch` is the name of the architecture's folder below usr/lib, this machine's if None: what
    is built from source has its libraries there, wherever the tree has them.
    """
    source, machine = DebSource(manifest, plan), multiarch or sysconfig.get_config_var("MULTIARCH")

    def place(path: str) -> str:
        return path if machine is None else source.placed(path, machine)

    found = late.expected(source.plan, place)
    kept = {"copyright": undocumented(source), "changelog.Debian.gz": unchanged(source)}
    return tuple(
        ExpectedPackage(
            name=source.name(package),
            files=tuple(sorted(_files(source, package, machine), key=lambda file: file.path)),
            relations=tuple(
                sorted((*_relations(source, package), *tags.expected_tags(source, package, found)))
            ),
            generated=tuple(_generated(source, package, kept)),
            private_sonames=package.private_sonames,
        )
        for package in source.packages
    )


def _files(source: DebSource, package: PlannedPackage, multiarch: str | None) -> Iterator[PlannedFile]:
    for file in (*package.directories, *package.files):
        path = file.path if multiarch is None else source.placed(file.path, multiarch)
        config = Config.NOREPLACE if is_conffile(file) else Config.NO
        yield replace(packed(file), path=path, config=config)


def _relations(source: DebSource, package: PlannedPackage) -> Iterator[ExpectedRelation]:
    for relation in package.relations:
        if relation.tag is not None:
            yield from _of_tag(source, package, relation, relation.tag)
        elif relations.field(relation) is not None and relations.spelled(source, package, relation):
            yield _expected(source, package, relation)
    for other in source.turned.get(package.name, ()):
        name = source.name(other)
        yield ExpectedRelation(
            kind=RelationKind.BREAKS,
            target=name,
            qualified=False,
            constraint=Constraint.SAME_BUILD,
            reason=Reason.LOCK,
            spelling=f"Breaks: {name} (other than ${{source:Version}})",
        )
    abi = private_abi(source, package)
    if abi is not None:
        provided = Relation(RelationKind.PROVIDES, abi.name, Constraint.NONE, Reason.TAG)
        yield _virtual(provided, f"{abi.name} (= {abi.literal})")
    for field, kind in _KINDS.items():
        for text in relations.own(package.deb)[field]:
            name = text if "|" in text else text.split(" ", 1)[0]
            if "$" not in name and not _depends_on_build(text):
                yield ExpectedRelation(
                    kind, name, False, Constraint.NONE, Reason.MANIFEST, f"{field}: {text}"
                )


def _depends_on_build(text: str) -> bool:
    """Whether the relation is restricted to architectures or build profiles (policy 7.1)."""
    return re.search(r"[\[<]", re.sub(r"\([^)]*\)", "", text)) is not None


_KINDS = {field: kind for kind, field in relations.FIELDS.items()}


def _expected(source: DebSource, package: PlannedPackage, relation: Relation) -> ExpectedRelation:
    """No architecture behind the name: without `Multi-Arch: foreign` it is the package's own (policy 7)."""
    texts = relations.spelled(source, package, relation)
    if_installed = relation.constraint is Constraint.SAME_BUILD_IF_INSTALLED
    constraint = Constraint.SAME_BUILD if if_installed else relation.constraint
    is_turned = relations.is_turned(source, package, relation)
    return ExpectedRelation(
        kind=RelationKind.BREAKS if if_installed else relation.kind,
        target=source.called(relation.target),
        qualified=False,
        constraint=Constraint.AT_LEAST if is_turned else constraint,
        reason=relation.reason,
        spelling=f"{relations.field(relation)}: {', '.join(texts)}",
    )


def _of_tag(
    source: DebSource, package: PlannedPackage, relation: Relation, tag: Tag
) -> Iterator[ExpectedRelation]:
    """What debian/control states of a tag; else what dpkg-shlibdeps has to make of it."""
    if relation.reason is not Reason.TAG or is_stated(source.shared, relation):
        for text in relations.spelled(source, package, relation):
            yield _virtual(relation, text)
    elif relation.kind is RelationKind.REQUIRES and tag.family is TagFamily.NODE:
        homes = {source.shared[path].name: source.shared[path] for path in tag.providers}
        (home,) = homes.values() if len(homes) == 1 else (package,)
        abi = private_abi(source, home)
        if abi is not None and home is not package:
            yield _virtual(relation, f"{abi.name} (= {abi.literal})")


def _virtual(relation: Relation, text: str) -> ExpectedRelation:
    """A relation to a virtual package, whose version is its own."""
    name, _, bound = text.partition(" ")
    operator, _, version = bound.strip("()").partition(" ")
    return ExpectedRelation(
        kind=relation.kind,
        target=name,
        qualified=False,
        constraint=relation.constraint,
        reason=relation.reason,
        spelling=f"{relations.FIELDS[relation.kind]}: {text}",
        operator={"<<": "<", ">>": ">"}.get(operator, operator),
        version=version,
    )


def _generated(
    source: DebSource, package: PlannedPackage, kept: Mapping[str, tuple[str, ...]]
) -> Iterator[str]:
    """What dh_installchangelogs, dh_installdocs, dh_lintian add; from source, upstream's changelog too.

    `kept` has for each document the packages in which it is the tree's.
    """
    name = source.name(package)
    folder = f"usr/share/doc/{name}"
    yield from (f"{folder}/{file}" for file, packages in kept.items() if name not in packages)
    if source.is_built and name not in kept["changelog.Debian.gz"]:
        yield from (f"{folder}/changelog.gz", f"{folder}/NEWS.gz")
    yield installed(name)
    build = source.content.build
    if build is not None and package.is_hub:
        for path in build.doc_files:
            yield from (f"{folder}/{posixpath.basename(path)}{ending}" for ending in ("", "/**", ".gz"))
