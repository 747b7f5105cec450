"""What is remembered: one Django app, one module per noun, every table named by hand."""
