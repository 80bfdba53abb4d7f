"""How the tables became what they are: the steps from an empty database to the present revision."""
