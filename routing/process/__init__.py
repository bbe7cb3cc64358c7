"""What every process of ours needs: log lines, secrets, folders that go with it, Redis by its environment."""
