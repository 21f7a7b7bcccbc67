"""One package a lesson, named after its notebook: its models, figures and widgets. Lessons never import each other."""
