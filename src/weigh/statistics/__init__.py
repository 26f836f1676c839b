"""Statistics: effect sizes from the figures of studies, pooled estimates, and measures of heterogeneity."""
