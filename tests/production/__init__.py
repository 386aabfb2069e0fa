"""The shop as an operator runs it: the files of the image, the commands of compose, nginx, TLS, SMTP and a payment page."""
