"""What a build publishes: manifest, data card, report, and the commands that read them."""
