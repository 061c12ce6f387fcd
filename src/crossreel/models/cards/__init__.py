"""One small file for each pretrained model; ``crossreel.models.registry`` reads them all."""
