"""The machine: opcodes, gas, frames, the interpreter, precompiles, the tracer and the assembler."""
