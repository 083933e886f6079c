"""What every package of the build is locked to: the hub, or where there is none, the hosts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splitpkg.plan.model import Constraint, Reason, Role
from splitpkg.plan.relate import Link

if TYPE_CHECKING:
    from collections.abc import Iterator

    from splitpkg.plan.split import Split


def free(split: Split) -> frozenset[str]:
    """The packages, by suffix, that the manifest leaves without a lock."""
    plain = split.manifest.content.package
    return frozenset(suffix for suffix, package in plain.items() if not package.locked)


def host_packages(split: Split) -> tuple[str, ...]:
    """The packages with a host in them, by suffix; one may be a library's."""
    owners = split.assignment.owners
    return tuple(sorted({owners[host] for host in split.hosts if host in owners}))


def locked_to_hub(split: Split) -> tuple[str, ...]:
    """The packages that are locked to the hub, by suffix: programs, hosts, modules, the metapackage."""
    left, hosts = free(split), frozenset(host_packages(split))
    return tuple(suffix for suffix, role in split.roles.items() if _is_locked(suffix, role, left, hosts))


def _is_locked(suffix: str, role: Role, left: frozenset[str], hosts: frozenset[str]) -> bool:
    match role:
        case Role.PROGRAM:
            return suffix not in left
        case Role.LIBRARY:
            return suffix in hosts
        case Role.MODULE | Role.META:
            return True
        case Role.DEVELOPMENT | Role.DATA | Role.DOCUMENTATION:
            return False


def locks(split: Split) -> Iterator[Link]:
    """The locks of all packages; headers are locked to the libraries that they describe."""
    if split.hub is None:
        yield from _to_hosts(split)
    else:
        evidence = "every host and module is locked to the hub"
        for suffix in locked_to_hub(split):
            yield Link(suffix, split.hub, Reason.LOCK, evidence)
    libraries = [suffix for suffix, role in split.roles.items() if role is Role.LIBRARY]
    for suffix, role in split.roles.items():
        if role is Role.DEVELOPMENT:
            for target in libraries or [split.main]:
                evidence = "headers and linker names fit one build of the library"
                yield Link(suffix, target, Reason.LOCK, evidence)


def _to_hosts(split: Split) -> Iterator[Link]:
    """No module fits a host of another build, whichever of the hosts are installed."""
    evidence = "there is no hub, and the host would load the module"
    for suffix, role in split.roles.items():
        if role is Role.MODULE:
            for host in host_packages(split):
                if_installed = Constraint.SAME_BUILD_IF_INSTALLED
                yield Link(suffix, host, Reason.LOCK, evidence, constraint=if_installed)
