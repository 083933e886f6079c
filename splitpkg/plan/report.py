"""A plan as people and programs read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from splitpkg.plan.model import Constraint, RelationKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from splitpkg.abi.model import Tag
    from splitpkg.plan.model import Hint, Partners, Plan, PlannedPackage, Relation, Trigger

SCHEMA = 1
"""Version of the JSON form: raised when a key goes or changes its meaning."""


def as_json(plan: Plan, *, hints: bool = False) -> dict[str, Any]:
    """The plan as `splitpkg plan --json` prints it."""
    reviewed = {"hints": [_hint(one) for one in plan.hints]} if hints else {}
    triggers = {"triggers": [_trigger(one) for one in plan.triggers]} if plan.triggers else {}
    return {
        "schema": SCHEMA,
        "hub": plan.hub,
        "lock": list(plan.lock),
        "libdir": plan.libdir,
        "hosts": list(plan.hosts),
        "tags": [_tag(tag) for tag in plan.tags],
        **({"doubtful-tags": [_tag(tag) for tag in plan.doubtful]} if plan.doubtful else {}),
        "packages": [_package(package) for package in plan.packages],
        "excluded": [{"path": path, "reason": reason} for path, reason in plan.excluded],
        "assumed": {"symbols": plan.assumed.symbols, "libraries": list(plan.assumed.libraries)},
        "load-order": [_partners(one) for one in plan.load_order],
        **triggers,
        **reviewed,
    }


def _partners(one: Partners) -> dict[str, Any]:
    return {"module": one.module, "after": list(one.first), "symbols": list(one.symbols)}


def _trigger(trigger: Trigger) -> dict[str, Any]:
    return {
        "package": trigger.package,
        "paths": list(trigger.paths),
        "reload": list(trigger.reload),
        "run": list(trigger.run),
    }


def _package(package: PlannedPackage) -> dict[str, Any]:
    enabled = {"enabled": dict(package.enabled)} if package.enabled else {}
    return {
        "name": package.name,
        "role": str(package.role),
        "hub": package.is_hub,
        "architecture-dependent": package.architecture_dependent,
        "summary": package.summary,
        "size": package.size,
        "files": [file.path for file in package.files],
        "directories": [directory.path for directory in package.directories],
        "modules": list(package.modules),
        "libraries": [library.path for library in package.libraries],
        "external": list(package.external),
        "relations": [_relation(relation) for relation in package.relations],
        **enabled,
    }


def _relation(relation: Relation) -> dict[str, Any]:
    return {
        "kind": str(relation.kind),
        "target": relation.target,
        "constraint": str(relation.constraint),
        "reason": str(relation.reason),
        "evidence": list(relation.evidence),
        **_of_tag(relation.tag),
    }


def _of_tag(tag: Tag | None) -> dict[str, Any]:
    if tag is None:
        return {}
    minor = {} if tag.minor is None else {"minor": tag.minor}
    return {"tag": {"family": str(tag.family), "value": tag.value, **minor}}


def _tag(tag: Tag) -> dict[str, Any]:
    minor = {} if tag.minor is None else {"minor": tag.minor}
    needs = {"needs": dict(tag.needs)} if tag.needs else {}
    strength = {} if tag.strength is None else {"strength": str(tag.strength), "judged": tag.judged}
    return {
        "family": str(tag.family),
        "value": tag.value,
        **minor,
        **needs,
        **strength,
        "providers": list(tag.providers),
        "carriers": list(tag.carriers),
        "why": tag.why,
    }


def as_text(plan: Plan, *, hints: bool = False) -> Iterator[str]:
    """The plan for a person: tags, then each package with what it holds, pulls in and requires, and why."""
    yield from (f"lock: {told}" for told in plan.lock)
    for tag in plan.tags:
        yield from _tag_text(tag)
    if not plan.tags and any(package.modules for package in plan.packages):
        yield "no tag: only packages of exactly the same version and release are known to fit"
    for tag in plan.doubtful:
        yield f"perhaps a tag, no relation stands on it: {tag.value} ({tag.family}): {tag.why}"
    yield from _loading_text(plan)
    for package in plan.packages:
        yield ""
        yield from _package_text(package)
    if plan.excluded:
        yield ""
        yield from (f"left out: {path} ({reason})" for path, reason in plan.excluded)
    if hints:
        yield ""
        yield from _hints_text(plan)


def _hint(hint: Hint) -> dict[str, Any]:
    return {"module": hint.source, "requires": hint.target, "evidence": list(hint.evidence)}


def _hints_text(plan: Plan) -> Iterator[str]:
    """What would go into the manifest, should it be true."""
    if not plan.hints:
        yield "no hints"
        return
    yield "hints, to be reviewed; nothing of this is in the plan:"
    for hint in plan.hints:
        yield f'  [module.{hint.source}] requires = ["{hint.target}"]'
        yield from (f"    because {evidence}" for evidence in hint.evidence)


def _loading_text(plan: Plan) -> Iterator[str]:
    """In which order modules are to be loaded, and what of their symbols was not looked up."""
    for one in plan.load_order:
        more = f" and {len(one.symbols) - 1} more" if len(one.symbols) > 1 else ""
        first = " or ".join(one.first)
        yield f"load order: {first} (RTLD_GLOBAL), then {one.module}, which needs `{one.symbols[0]}`{more}"
    if plan.assumed.symbols:
        count, of = plan.assumed.symbols, len(plan.assumed.libraries)
        symbols = "symbol" if count == 1 else "symbols"
        libraries = "library" if of == 1 else "libraries"
        told = f"{count} {symbols} of {of} {libraries} from outside the tree"
        yield f"assumed: {told}; `--sysroot` looks them up"


def _tag_text(tag: Tag) -> Iterator[str]:
    minor = "" if tag.minor is None else f", minor number {tag.minor}"
    yield f"tag {tag.value} ({tag.family}{minor}): {tag.why}"
    if tag.strength is not None:
        yield f"  strength {tag.strength}: {tag.judged}"


def _package_text(package: PlannedPackage) -> Iterator[str]:
    hub = ", hub" if package.is_hub else ""
    yield f"{package.name} ({package.role}{hub}; {len(package.files)} files, {readable(package.size)})"
    yield f"  {package.summary}"
    yield from (
        f"  {'module' if file.path in package.modules else 'file':8} {file.path}" for file in package.files
    )
    yield from (f"  {'enables':8} {link} -> {target}" for link, target in package.enabled)
    if package.external:
        yield f"  {'pulls in':8} {', '.join(package.external)}"
    for relation in package.relations:
        value = "" if relation.tag is None else f" `{_value(relation.tag)}`"
        bounds = _BROKEN if relation.kind is RelationKind.BREAKS else _BOUNDS
        bound = bounds.get(relation.constraint, "")
        yield f"  {relation.kind} {relation.target}{value}{bound} ({relation.reason})"
        yield from (f"    because {evidence}" for evidence in relation.evidence)


_BOUNDS = {
    Constraint.SAME_BUILD: " of the same build",
    Constraint.SAME_BUILD_IF_INSTALLED: " of the same build, if it is installed",
    Constraint.AT_LEAST: " or newer",
}
_BROKEN = {Constraint.SAME_BUILD: " of any other build"}
"""What is broken is what does not meet the constraint."""


def _value(tag: Tag) -> str:
    return tag.value if tag.minor is None else f"{tag.value}.{tag.minor}"


def readable(size: int) -> str:
    """A size in bytes for people, in powers of 1024."""
    value, units = float(size), ["bytes", "KiB", "MiB", "GiB", "TiB"]
    while value >= 1024 and len(units) > 1:
        value, units = value / 1024, units[1:]
    return f"{value:.0f} {units[0]}" if units[0] == "bytes" or value >= 10 else f"{value:.1f} {units[0]}"
