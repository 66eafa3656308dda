"""Wire servers: each shows the one world in the format of one vendor."""
