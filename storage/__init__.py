"""Tables and queries; the only package that imports SQLAlchemy."""
