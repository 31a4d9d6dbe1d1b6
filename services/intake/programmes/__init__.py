"""The published programmes, shown to every officer: whom they are for, by which stages, on whose word."""
