"""What the commands besides `build` do, apart from reading options and printing."""
