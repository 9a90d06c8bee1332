"""A request lowered to tokens: which are known, which are asked for."""
