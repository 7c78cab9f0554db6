"""The practical: its worksheets on the stations, and the handout that a student takes home."""
