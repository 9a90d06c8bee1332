"""One verb of the user per file: execute() collects, submits, reports."""
