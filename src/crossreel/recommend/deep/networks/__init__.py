"""What is made of PyTorch: networks, losses, the training loop; imported only when one is needed."""
