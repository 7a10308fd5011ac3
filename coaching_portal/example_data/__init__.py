"""The example practice, made through the real actions. Each module loads one subject."""
