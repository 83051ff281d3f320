"""Cases written for the signals that no public corpus labels; the form is told in README.md."""
