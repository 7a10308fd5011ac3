"""What tests and measurements start from: rows of every app, made by the real actions."""
