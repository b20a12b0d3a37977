"""What crosses a process boundary, and the plumbing that all three services need."""
