"""Display: summaries as HTML fragments for notebook cells and pages; `weigh.show` is the entry point."""
