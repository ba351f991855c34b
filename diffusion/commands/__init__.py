"""What the commands of `diffuse` do, once their arguments are read. Progress goes to stderr."""
