"""What the reward files share: differentiable preprocessing and the towers that several of them stand on."""
