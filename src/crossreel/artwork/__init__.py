"""Pictures: posters and stills drawn by the program, and checks of uploaded pictures."""
