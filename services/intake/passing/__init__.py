"""What a stage's form passes on to the protection compartment, in a row that every such stage writes alike."""
