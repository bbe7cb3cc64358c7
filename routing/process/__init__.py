"""What every process needs: log lines, secrets, temporary folders, Redis from its environment."""
