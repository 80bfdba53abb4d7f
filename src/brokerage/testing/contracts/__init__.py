"""The contract suites: for each port the laws that every adapter of it keeps."""
