"""A character n-gram language model, trained in seconds from little text, the same in every script."""
