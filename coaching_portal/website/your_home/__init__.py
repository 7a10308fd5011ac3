"""The page after sign-in: a section for each role that the person has, the most urgent first."""
