"""Display: summaries to HTML fragments, for notebook cells and for pages; `weigh.show` is its door."""
