"""An instructor's desk: the files of a class in, its marks out.

What one notebook earns is `grading`'s; here are all the notebooks of a class, from wherever students handed them in.
"""
