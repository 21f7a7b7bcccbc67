"""What each opcode does: functions from a frame to a changed frame, grouped by what they touch.

Stack heights and fixed prices are checked by the interpreter, from the opcode's row in the table. A function that
reads the state follows one order: look at the stack, charge, read, and only then change anything. A view may refuse a
read (`Suspend`), and the step must be repeatable from where it began.
"""
