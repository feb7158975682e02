"""The warehouse: catalog (queries/ → checked, ordered), build, publish and locked connections."""
