"""Independent opinions. They can raise an alarm or refute; they can never make a theorem."""
