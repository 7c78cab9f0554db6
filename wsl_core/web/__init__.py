"""What the pages share: canvas, controls, links, pictures, forward passes. The only Streamlit here."""
