"""Chat services on loopback, faults included."""
