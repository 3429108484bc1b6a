"""A preparation in forms that other programs read: FHIR and plain JSON."""
