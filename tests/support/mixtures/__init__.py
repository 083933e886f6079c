"""Installed states in which packages of two builds mix: what solvers and the dynamic loader say of them."""
