"""Export: kept documents as sharded, documented data."""
