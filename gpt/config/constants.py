"""Numbers that no config chooses, and that more than one module must agree on."""

FUSED_FROM = 512  # shorter contexts train faster with the explicit attention that the lessons show
EVAL_BATCH = 32  # windows that an evaluation looks at together
LAST_SEED = 2**32 - 1  # torch's CPU generator looks at 32 bits only
