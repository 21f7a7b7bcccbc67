"""What to run: real blocks, state tests, benchmark programs, and generated blocks of payments and applications."""
