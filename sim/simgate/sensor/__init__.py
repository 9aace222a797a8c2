"""What stands for the world before the sensors: sound files and sample streams."""
