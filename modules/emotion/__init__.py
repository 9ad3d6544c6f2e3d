"""What a reply means. For now one question: does it ask us to stop?

Tables: none
Verbs: is_opt_out_keyword, asks_to_stop_on_call
Imports: none
"""

from modules.emotion.opt_out import asks_to_stop_on_call, is_opt_out_keyword

__all__ = ["asks_to_stop_on_call", "is_opt_out_keyword"]
