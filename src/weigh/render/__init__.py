"""Conclusions rendered: notebooks executed by papermill, pages built from them, a build that is always whole."""
