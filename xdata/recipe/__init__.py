"""Recipes: stages of steps, the table of steps, recipe functions, and the parameters and stages that they share."""
