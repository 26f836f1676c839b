"""Statistics: the figures of studies to effect sizes, pooled estimates and measures of heterogeneity."""
