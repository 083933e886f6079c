"""The manifest of a tree that holds one program and its data."""

from __future__ import annotations

MANIFEST = """
[program]
name = "demo"
version = "1.0"
summary = "Demonstration"
description = "{description}"
license = "MIT"
maintainer = "Jo Doe <jo@demo.example>"
date = 2024-11-22

[hosts]
files = "usr/bin/demo"

[package.core]
files = ["usr/bin", "usr/share/demo"]
"""
