"""Kernel processes that execute notebooks: the fork server, its kernels, the papermill engines and the worker pool."""
