"""The tutorials as printed: every listing of the five roads to a GPT, run here, its numbers beside the printed ones."""
