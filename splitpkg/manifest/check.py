"""What the tables of a manifest say of each other, as far as that can be judged without a tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splitpkg.explain.explain import slugs
from splitpkg.manifest.fault import Fault, shown
from splitpkg.manifest.keys import listed, nearest, table_title, title
from splitpkg.manifest.model import Policy
from splitpkg.manifest.template import can_make

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from splitpkg.manifest.fault import Key
    from splitpkg.manifest.glob import Glob
    from splitpkg.manifest.model import Exclude, Family, Manifest, Module, Package, Relations

_RELATIONS = ("requires", "recommends", "suggests", "conflicts")

_NOT_WAIVED = frozenset(
    [
        *("unowned", "contested", "special-file", "unreadable", "symlink-escapes", "target-unspeakable"),
        *(
            "path-too-long",
            "name-control",
            "name-not-utf8",
            "name-taken",
            "target-unknown",
            "host-unlocked",
            "host-unowned",
        ),
    ]
)
"""Findings without whose cure some path would be in no package or two, or some package without its lock."""


def faults(manifest: Manifest) -> Iterator[Fault]:
    """All of them; keys lead from the root of the manifest."""
    yield from _hub(manifest)
    yield from _policy(manifest)
    yield from _suffixes(manifest)
    yield from _format_names(manifest)
    yield from _targets(manifest)
    yield from _bundles(manifest)
    yield from _patterns(manifest)
    yield from _waivers(manifest)


def _waivers(manifest: Manifest) -> Iterator[Fault]:
    for number, waiver in enumerate(manifest.waiver):
        if waiver.slug not in slugs():
            near = nearest(waiver.slug, slugs())
            hint = "run `splitpkg explain`, which lists them" if near is None else f"write `{near}`"
            message = f"is {shown(waiver.slug)}; no finding is called so"
            yield Fault("slug-unknown", message, hint, key=("waiver", number, "slug"))
        elif waiver.slug in _NOT_WAIVED:
            message = f"is `{waiver.slug}`, which cannot be waived: a file or a lock would be lost"
            hint = f"mend what it is about; `splitpkg explain {waiver.slug}` says how"
            yield Fault("waiver-refused", message, hint, key=("waiver", number, "slug"))


def _hub(manifest: Manifest) -> Iterator[Fault]:
    hub = manifest.lock.hub
    if hub is False:
        yield from _hubless(manifest)
        return
    if hub in manifest.package:
        return
    packages = (
        f"tables are {', '.join(table_title(('package', name)) for name in sorted(manifest.package))}",
    )
    hint = "name one of them, or add the table"
    if "hub" in manifest.lock.model_fields_set:
        message = f"is `{hub}`, and there is no [package.{hub}]"
        yield Fault("hub-unknown", message, hint, packages, ("lock", "hub"))
    else:
        message = f"there is no [package.{hub}], which is the hub unless another is named"
        hint = 'write `hub = "..."` in [lock], or add the table'
        yield Fault("hub-unknown", message, hint, packages, ("lock",), whole=True)


def _hubless(manifest: Manifest) -> Iterator[Fault]:
    for suffix, module in manifest.module.items():
        if module.keep_in_core:
            message = "keeps the module in the hub, and there is none"
            hint = "remove the key, or name a hub in [lock]"
            yield Fault(
                "hub-unknown",
                message,
                hint,
                key=("module", suffix, "keep-in-core"),
                other=("lock", "hub"),
                other_note="`hub` is `false`",
            )


def _policy(manifest: Manifest) -> Iterator[Fault]:
    if manifest.lock.policy is Policy.TAG and not manifest.abi.offer:
        message = "is `tag`, and no package offers its tags, so that nothing would tie the modules"
        hint = "remove one of the two keys"
        yield Fault(
            "lock-closed",
            message,
            hint,
            key=("lock", "policy"),
            other=("abi", "offer"),
            other_note="it is `false`",
        )


def _suffixes(manifest: Manifest) -> Iterator[Fault]:
    """Two tables that describe one package."""
    for suffix in sorted(manifest.package.keys() & manifest.module.keys()):
        yield _twice(("module", suffix), ("package", suffix), suffix)
    meta = manifest.metapackage
    if meta is not None:
        for table in ("package", "module"):
            if meta.suffix in getattr(manifest, table):
                yield _twice(("metapackage", "suffix"), (table, meta.suffix), meta.suffix)


def _twice(key: Key, other: Key, suffix: str) -> Fault:
    message = f"{_subject(key)} and {table_title(other)} describe one package, `{suffix}`"
    note = f"{table_title(other)} is here"
    return Fault(
        "name-taken", message, "rename one of them", key=key, whole=True, other=other, other_note=note
    )


def _subject(key: Key) -> str:
    return title(key) if key[-1] == "suffix" else table_title(key)


def _format_names(manifest: Manifest) -> Iterator[Fault]:
    """Names in one format that two packages would have."""
    seen: dict[tuple[str, str], Key] = {}
    for kind, tables in (("package", manifest.package), ("module", manifest.module)):
        for suffix, table in tables.items():
            for dialect, name in (("rpm", table.name.rpm), ("deb", table.name.deb)):
                key = (kind, suffix, "name", dialect)
                if name is not None and (first := seen.setdefault((dialect, name), key)) != key:
                    message = f"is `{name}`, which is taken"
                    note = f"{title(first)} is the same"
                    yield Fault(
                        "name-taken", message, "rename one of them", key=key, other=first, other_note=note
                    )


def _targets(manifest: Manifest) -> Iterator[Fault]:
    """Related packages that cannot exist, and packages related to themselves."""
    known = _known(manifest)
    for key, table in _relating(manifest):
        for kind in _RELATIONS:
            for index, target in enumerate(getattr(table, kind)):
                place = (*key, kind, index)
                if key in {("package", target), ("module", target)}:
                    message = f"names `{target}`, which is the package itself"
                    yield Fault("target-itself", message, "remove it", key=place)
                elif target not in known and not _could_be_made(manifest, target):
                    yield _unknown_target(target, known, place)


def _relating(manifest: Manifest) -> Iterator[tuple[Key, Relations]]:
    for suffix, package in manifest.package.items():
        yield ("package", suffix), package
    for name, family in manifest.family.items():
        yield ("family", name), family
    for suffix, module in manifest.module.items():
        yield ("module", suffix), module


def _known(manifest: Manifest) -> set[str]:
    bundles = {module.bundle for module in manifest.module.values() if module.bundle is not None}
    meta = {manifest.metapackage.suffix} if manifest.metapackage is not None else set[str]()
    return {*manifest.package, *manifest.module, *bundles, *meta}


def _could_be_made(manifest: Manifest, suffix: str) -> bool:
    """Whether a family's module could have that suffix; the tree decides whether one has."""
    return any(can_make(family.package, suffix) for family in manifest.family.values())


def _unknown_target(target: str, known: set[str], key: Key) -> Fault:
    near = nearest(target, known)
    hint = f"write `{near}`" if near is not None else "name a package by what follows the program's name"
    notes = (f"packages that the manifest names are {listed(one for one in known if one)}",)
    message = f"names `{target}`, which no table describes and no family can make"
    return Fault("target-unknown", message, hint, notes, key)


def _bundles(manifest: Manifest) -> Iterator[Fault]:
    """A module goes straight to the package that takes it, which holds modules alone, or is the hub."""
    for suffix, module in manifest.module.items():
        key: Key = ("module", suffix, "bundle")
        if module.bundle == suffix:
            yield Fault("bundle-chain", "names the module itself", "name another package", key=key)
        elif module.bundle in manifest.package and module.bundle != manifest.lock.hub:
            message = f"is `{module.bundle}`, which is taken"
            note = f"[package.{module.bundle}] is no package of modules"
            other: Key = ("package", module.bundle)
            yield Fault(
                "name-taken", message, "give the bundle another name", key=key, other=other, other_note=note
            )
        elif module.bundle in manifest.module:
            yield from _chained(manifest, key, module.bundle)


def _chained(manifest: Manifest, key: Key, bundle: str) -> Iterator[Fault]:
    target = manifest.module[bundle]
    if target.bundle is None and not target.keep_in_core:
        return
    home = target.bundle or str(manifest.lock.hub)
    message = f"is `{bundle}`, which is no package: its module goes to `{home}`"
    other: Key = ("module", bundle, "bundle" if target.bundle else "keep-in-core")
    note = f"[module.{bundle}] says so"
    yield Fault("bundle-chain", message, f"write `{home}`", key=key, other=other, other_note=note)


def _patterns(manifest: Manifest) -> Iterator[Fault]:
    """Patterns that are there twice where both would ask for the same paths with the same weight."""
    ordinary: list[tuple[Key, Package | Family]] = [
        *((("package", suffix), table) for suffix, table in manifest.package.items()),
        *((("family", name), table) for name, table in manifest.family.items()),
    ]
    explicit: list[tuple[Key, Module | Exclude]] = [
        *((("module", suffix), table) for suffix, table in manifest.module.items()),
        *((("exclude", number), table) for number, table in enumerate(manifest.exclude)),
    ]
    yield from _repeated((key, table.files) for key, table in ordinary)
    yield from _repeated((key, table.files) for key, table in explicit)
    yield from _repeated([(("hosts",), manifest.hosts.files)])
    for number, attribute in enumerate(manifest.attribute):
        yield from _repeated([(("attribute", number), attribute.files)])
    for number, unit in enumerate(manifest.unit):
        yield from _repeated([(("unit", number), unit.files)])


def _repeated(tables: Iterable[tuple[Key, tuple[Glob, ...]]]) -> Iterator[Fault]:
    seen: dict[str, Key] = {}
    for table, files in tables:
        for index, glob in enumerate(files):
            key = (*table, "files", index)
            first = seen.setdefault(glob.text.rstrip("/"), key)
            if first != key:
                yield _same_pattern(glob.text, key, first)


def _same_pattern(text: str, key: Key, first: Key) -> Fault:
    message = f"holds the pattern `{text}` for the second time"
    note = f"{title(first)} holds it first"
    return Fault("duplicate-glob", message, "remove one of them", key=key, other=first, other_note=note)
