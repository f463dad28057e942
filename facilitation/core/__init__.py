"""The core that all features share: values, feature registry, request handling, and the workers."""
