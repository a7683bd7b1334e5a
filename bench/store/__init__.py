"""What a run leaves behind: its folder, which is the truth, and the tables made from it."""
