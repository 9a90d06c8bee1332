"""Motion clips as HumanML3D rows, and their normalisation."""
