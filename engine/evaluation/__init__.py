"""What a weights set can do, in figures: metrics, the evaluator network, probes, and the `evaluate` command."""
