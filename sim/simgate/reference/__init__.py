"""What the firmware must compute: the front end in integers, and the network in TFLM and LiteRT."""
