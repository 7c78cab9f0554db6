"""The parts of the Glossary page, and the links that lead there."""
