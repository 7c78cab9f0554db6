"""What is drawn and answered in the browser: each a Python file with its HTML, style and script."""
