"""Translation engines, one file each."""
