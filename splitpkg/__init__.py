"""Split a program with loadable modules into packages that only fit their own build."""

__version__ = "0.1.0"
