"""Rewards: one file each; a reward maps samples and prompts to scores, higher is better."""
