"""What an author writes: the notation, calculations, and how they are printed."""
