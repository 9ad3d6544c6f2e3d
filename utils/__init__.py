"""What knows nothing of the business and could be given away."""
