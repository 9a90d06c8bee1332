"""Each job, start to end: plan, decode, and make the result meet what is known."""
