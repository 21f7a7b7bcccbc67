"""The one-step proof: a machine's state under one hash after every micro-step, and a check of one by a witness.

    block = BlockTrace(pre, env, items_of(env, block))      each player, from L1 data
    block.states[i].hash                                    outer claims: before item i (system call, transaction, ...)
    steps = block.steps(i)                                  inside the first item whose end is disputed
    steps.state(j).hash                                     inner claims; from `steps.count` on, always the same
    make_witness(steps.state(j), steps.context)             the last one both agree on
    check_step(root, witness, context_of(env, item, i))     the verifier: the next root, or `StepRefused`

To read it: `nodes` (a tree of which one may hold a part), `maps`, `arrays` and `byte_strings` over it, `layout` and
`journal_tree` (what stands where), `partial_machine` and `partial_journal` (the machine's own `step` on it), `work`
(bytes that are moved a unit at a time), `surroundings` (what happens around the code), `witness`. The prover's side is
`commitment` and `journal_image` (from a plain machine), `counting`, `clone`, `trace` and `block_trace`.
"""
