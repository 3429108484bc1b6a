"""Pages and forms, named after what a person does."""
