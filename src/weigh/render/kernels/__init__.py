"""Kernels: the processes that execute notebooks, forked from one that has its imports done."""
