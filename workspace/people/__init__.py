"""What people do at the page or through the driver: type, press, fill in, submit, upload."""
