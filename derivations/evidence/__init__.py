"""Independent opinions. They can raise an alarm or refute; they can never make a theorem."""


class Alarm(Exception):
    """Two independent opinions differ. One of them is wrong, and nobody may go on before it is known which."""
