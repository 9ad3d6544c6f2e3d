"""What a reply means. For now one question: does it ask us to stop?

Tables: none
Verbs: is_opt_out_keyword
Imports: none
"""

from modules.emotion.opt_out import is_opt_out_keyword

__all__ = ["is_opt_out_keyword"]
