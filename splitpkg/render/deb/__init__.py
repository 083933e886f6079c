"""A plan as the files below debian/."""
