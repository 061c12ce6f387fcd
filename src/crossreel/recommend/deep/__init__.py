"""Neural recommenders (PyTorch, extra ``deep``); nothing here imports torch before it is needed."""
