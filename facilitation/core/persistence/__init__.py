"""Values as rows and back: the codec, sealing, and the store of effects."""
