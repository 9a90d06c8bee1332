"""Data, training and measuring; left out of the add-on's zip."""
