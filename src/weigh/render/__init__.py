"""Rendering: execute notebooks with papermill, build pages from them, and replace the build as a whole."""
