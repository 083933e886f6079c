"""Packages of one build and one architecture, beside what was planned of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splitpkg.verify.model import PackageFormat

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from splitpkg.verify.model import BuiltPackage, ExpectedPackage, LateValues


class Group:
    """`built` has the packages that were planned, by name; `unexpected` the others; `packages` all.

    `names` are those of all that were planned, `values` the values of the tags that the build decided.
    """

    def __init__(
        self,
        packages: Sequence[BuiltPackage],
        expected: Sequence[ExpectedPackage],
        values: LateValues | None = None,
    ) -> None:
        self.names = frozenset(package.name for package in expected)
        self.expected = tuple(expected)
        self.values = values or {}
        self.form = packages[0].format if packages else PackageFormat.RPM
        self.built = {package.name: package for package in reversed(packages) if package.name in self.names}
        self.unexpected = tuple(package for package in packages if package.name not in self.names)
        self.packages = (*self.built.values(), *self.unexpected)

    def pairs(self) -> Iterator[tuple[ExpectedPackage, BuiltPackage]]:
        """Each planned package that was built, with what was built."""
        for package in self.expected:
            if package.name in self.built:
                yield package, self.built[package.name]
