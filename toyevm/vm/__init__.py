"""The machine: opcodes, gas, frames, the interpreter, the compiler, precompiles."""
