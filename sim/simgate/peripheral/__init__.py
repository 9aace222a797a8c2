"""Models of peripherals, one file each, under the class names that Renode gives them."""
