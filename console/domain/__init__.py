"""What a contact centre is, in plain values: pure, standard library only."""
