"""What recipes share: the types of their parameters, the criteria by which documents stay, and the last stages."""
