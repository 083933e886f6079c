"""Why the packages of the build are tied as they are, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splitpkg.manifest.model import Policy
from splitpkg.plan.locks import host_packages
from splitpkg.plan.model import Role
from splitpkg.plan.texts import full_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from splitpkg.plan.loosen import Ties
    from splitpkg.plan.split import Split


def explained(split: Split, tied: Ties) -> Iterator[str]:
    """The choice between hub and hosts, then what the policy comes to."""
    yield _centre(split)
    if split.manifest.content.lock.policy is Policy.EXACT:
        yield "the policy is `exact`: a module fits its own build alone"
        return
    modules = [suffix for suffix, role in split.roles.items() if role is Role.MODULE]
    exact = [suffix for suffix in modules if suffix not in tied]
    yield (
        f"the policy is `tag`: {len(modules) - len(exact)} of {len(modules)} packages of modules fit every "
        "build with their tags"
    )
    if exact:
        yield f"no tag is enough to loosen the lock of {_names(split, exact)}"


def _centre(split: Split) -> str:
    hosts = host_packages(split)
    several = f"hosts are in {len(hosts)} packages, {_names(split, hosts)}"
    if split.hub is None:
        told = several if len(hosts) > 1 else "no package is the hub"
        return f"{told}: each module fits those of its build, and none of another build can be beside it"
    hub = full_name(split.manifest.content, split.hub)
    if len(hosts) < 2:
        return f"hosts and modules are locked to the hub, {hub}"
    return f"{several}: they and all modules are locked to the hub, {hub}, whichever of them are installed"


def _names(split: Split, suffixes: Iterable[str]) -> str:
    return ", ".join(full_name(split.manifest.content, suffix) for suffix in suffixes)
