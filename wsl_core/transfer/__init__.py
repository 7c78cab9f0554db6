"""How far what a network has learned carries: to other tasks, other domains, classes never seen."""
